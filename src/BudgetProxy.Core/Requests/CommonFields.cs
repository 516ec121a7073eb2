namespace BudgetProxy.Core.Requests;

/// <summary>Fields that the wire formats share.</summary>
internal static class CommonFields
{
    /// <summary>Bytes of a model id at most.</summary>
    public const int MaxModelBytes = 256;

    /// <summary>Bytes of an end user's id at most, escapes counted: Anthropic takes 256 characters, OpenAI names no limit for <c>user</c>.</summary>
    public const int MaxUserBytes = 1024;

    /// <summary>Bytes of JSON that a field which decides nothing may have for free: room for a name, a number or a flag.</summary>
    public const int SmallBytes = 256;

    /// <summary>The same for a list or map that decides nothing: OpenAI's 16 pairs of 64 + 512 characters of <c>metadata</c>, rounded up.</summary>
    public const int ListBytes = 16 * 1024;

    /// <summary>Calls of a server tool that sets no limit of its own: an allowance, since neither provider names a limit (Anthropic web search page, 2026-08: <c>max_uses</c> is optional).</summary>
    public const int ServerToolCalls = 10;

    /// <summary>Calls of server tools in one request at most, so that a made-up <c>max_uses</c> can't overflow a price.</summary>
    internal const long MaxServerToolCalls = 1_000_000;

    // Every name that decides a price. Some JSON libraries match names in any case, so a variant could mean another call than the one we price.
    private static readonly byte[][] Deciding =
    [
        .. new[]
        {
            "model", "messages", "input", "system", "tools", "functions", "n", "stream", "stream_options", "max_tokens", "max_completion_tokens",
            "service_tier", "speed", "user", "safety_identifier", "metadata", "cache_control", "prompt_cache_options", "web_search_options",
            "response_format", "output_config", "output_format", "prediction", "thinking", "reasoning_effort", "inference_geo", "mcp_servers",
            "container", "context_management", "fallbacks", "audio", "modalities", "instructions", "reasoning", "max_output_tokens", "max_tool_calls",
            "previous_response_id", "conversation", "prompt", "background",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    public static void ReadModel(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.Text(MaxModelBytes) is not { } model)
            return;
        if (IsPrintable(model))
            request.Model = model;
        else
            cursor.FailAt("model", "A model is named in printable text.");
    }

    /// <summary>Neither control characters nor anything beyond the basic plane: what no model is called and no database keeps alike.</summary>
    private static bool IsPrintable(string text)
    {
        foreach (var letter in text)
        {
            if (char.IsControl(letter) || char.IsSurrogate(letter))
                return false;
        }

        return true;
    }

    public static void ReadStream(ref BodyCursor cursor, ProviderRequest request) => request.Stream = cursor.Flag() ?? false;

    public static void RequireModel(ref BodyCursor cursor, ProviderRequest request)
    {
        if (request.Model.Length == 0)
            cursor.FailAt("model", "A model is required: a string that is not empty.");
    }

    /// <summary>A field that the wire format does not know: refused when it is a known one in other letters, else counted by its JSON.</summary>
    public static void ReadUnknown(ref BodyCursor cursor, ProviderRequest request)
    {
        foreach (var name in Deciding)
        {
            if (FoldsTo(cursor.Key, name) && !cursor.KeyIs(name))
            {
                cursor.Fail("Field names are in lower case.");
                return;
            }
        }

        CountOpaque(ref cursor, request);
    }

    /// <summary>
    /// Passes over a value that decides nothing. Above <paramref name="freeBytes"/> of JSON it is counted by it, so that no field takes
    /// text into the prompt uncounted should a server render it after all.
    /// </summary>
    public static void ReadNeutral(ref BodyCursor cursor, ProviderRequest request, int freeBytes = SmallBytes)
    {
        var start = cursor.Position;
        cursor.Skip();
        CountAbove(ref cursor, request, start, freeBytes);
    }

    /// <summary>The same for an object that was read field by field: the cursor stands at its end, it began at <paramref name="start"/>.</summary>
    public static void CountAbove(ref BodyCursor cursor, ProviderRequest request, int start, int freeBytes = SmallBytes)
    {
        if (!cursor.Failed && cursor.End - start > freeBytes)
            request.Content.Add(new ContentSpan(start, cursor.End - start, ContentKind.OpaqueJson));
    }

    /// <summary>Counts the present value by its JSON: a bound for whatever the provider makes of it. Null is nothing.</summary>
    public static void CountOpaque(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.IsNull)
            request.Content.Add(cursor.RawSpan(ContentKind.OpaqueJson));
    }

    /// <summary>A string to count as <paramref name="kind"/>; null is nothing, anything else fails. An empty name still costs the token of having one.</summary>
    public static void CountString(ref BodyCursor cursor, ProviderRequest request, ContentKind kind)
    {
        if (cursor.ExpectString() && (!cursor.Raw.IsEmpty || kind == ContentKind.Name))
            request.Content.Add(cursor.StringSpan(kind));
    }

    /// <summary>A message's content: a string, or an array of parts, each read by <paramref name="readPart"/>; null is nothing.</summary>
    public static void ReadContent(ref BodyCursor cursor, ProviderRequest request, BodyReading readPart)
    {
        if (cursor.IsNull)
            return;
        if (cursor.IsString)
        {
            request.Blocks.Open(request, cursor.Position);
            CountString(ref cursor, request, ContentKind.Text);
            request.Blocks.Close(request, cursor.End);
            return;
        }

        if (!cursor.IsArray)
            cursor.Fail("Must be a string or an array of parts.");
        var parts = 0;
        while (cursor.NextElement())
        {
            parts++;
            request.Blocks.Open(request, cursor.Position);
            if (!cursor.ExpectObject())
                cursor.Fail("A content part must be an object.");
            else
                readPart(ref cursor, request);
            request.Blocks.Close(request, cursor.End);
        }

        request.ExtraParts += Math.Max(parts - 1, 0);
    }

    /// <summary>Fails unless the present value is null or an empty array.</summary>
    public static void RefusePresent(ref BodyCursor cursor, string message)
    {
        if (cursor.IsNull)
            return;
        if (cursor.IsArray && !cursor.NextElement() && !cursor.Failed)
            return;
        cursor.Fail(message);
    }

    /// <summary>Meets an item that can't be seen, the present value: refused, or its allowance is taken.</summary>
    /// <param name="message">A sentence on why it can't be counted.</param>
    public static void AddUnseen(ref BodyCursor cursor, ProviderRequest request, UnseenItem item, string message)
    {
        if (!TakeAllowance(request, item))
            cursor.Fail(Refusal(request, item, message));
    }

    /// <summary>The same where only the end of the object tells what it is: <paramref name="field"/> is named in the error.</summary>
    public static void AddUnseenAt(ref BodyCursor cursor, ProviderRequest request, UnseenItem item, string field, string message)
    {
        if (!TakeAllowance(request, item))
            cursor.FailAt(field, Refusal(request, item, message));
    }

    /// <summary>Calls of a tool on the provider's side, which may have a fee each.</summary>
    /// <param name="calls">How many the body allows; null = it sets no limit.</param>
    public static void AddServerToolCalls(ProviderRequest request, long? calls) =>
        request.ServerToolCalls = (int)Math.Min(request.ServerToolCalls + Math.Min(calls ?? ServerToolCalls, MaxServerToolCalls), MaxServerToolCalls);

    /// <summary>An image: by its size, else what its allowance says.</summary>
    public static void AddImage(ref BodyCursor cursor, ProviderRequest request, ImageContent image, string field)
    {
        if (image.SizeKnown || request.Allowances[UnseenItem.RemoteImage].IsModelCap)
            request.Images.Add(image);
        else
            AddUnseenAt(ref cursor, request, UnseenItem.RemoteImage, field, "The size of this image can't be read from the body: send it as base64.");
    }

    /// <summary>A cache marker: Anthropic <c>cache_control</c>, OpenAI <c>prompt_cache_breakpoint</c>. An unknown lifetime is taken as the long one, the dearest.</summary>
    public static void ReadCacheMarker(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.IsNull)
            return;
        var start = cursor.Position;
        var write = CacheWrite.Short;
        if (cursor.IsObject)
        {
            while (cursor.NextProperty())
            {
                if (cursor.KeyIs("ttl"u8))
                    write = ReadLifetime(ref cursor);
                else
                    cursor.Skip();
            }
        }
        else
        {
            cursor.Skip();
        }

        CountAbove(ref cursor, request, start);
        request.Blocks.Mark(write, start, cursor.End);
        Raise(request, write);
    }

    /// <summary>OpenAI's <c>prompt_cache_key</c> and <c>prompt_cache_retention</c>: they cost nothing, and say which earlier call's prefix may be found again.</summary>
    public static void ReadCacheHint(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.KeyIs("prompt_cache_retention"u8))
            request.KeepsCacheForDay = cursor.ValueIs("24h"u8);
        else if (cursor.IsString)
            request.CacheKey = cursor.StringSpan(ContentKind.Text);
        ReadNeutral(ref cursor, request);
    }

    public static void Raise(ProviderRequest request, CacheWrite write)
    {
        if (write > request.CacheWrite)
            request.CacheWrite = write;
    }

    public static CacheWrite ReadLifetime(ref BodyCursor cursor)
    {
        if (cursor.IsNull || cursor.ValueIs("5m"u8) || cursor.ValueIs("30m"u8))
            return CacheWrite.Short;
        cursor.Skip();
        return CacheWrite.Long;
    }

    // False = refused.
    private static bool TakeAllowance(ProviderRequest request, UnseenItem item)
    {
        var allowance = request.Allowances[item];
        if (allowance.Tokens is { } tokens)
            request.AllowanceTokens += tokens;
        request.Unbounded |= allowance.IsWindow;
        request.Incomparable = true;
        return allowance != Allowance.Refuse;
    }

    private static string Refusal(ProviderRequest request, UnseenItem item, string message) =>
        $"{message} The operator can allow it: {request.Allowances.SettingOf(item)} takes a number of tokens or `window`.";

    // Simple case folding, as Go's encoding/json matches names: besides ASCII's own, U+017F is an s and U+212A, the Kelvin sign, a k.
    private static bool FoldsTo(ReadOnlySpan<byte> key, ReadOnlySpan<byte> name)
    {
        foreach (var letter in name)
        {
            var used = letter switch
            {
                _ when key.IsEmpty => 0,
                _ when char.ToLowerInvariant((char)key[0]) == letter => 1,
                (byte)'s' when key.StartsWith("\u017F"u8) => 2,
                (byte)'k' when key.StartsWith("\u212A"u8) => 3,
                _ => 0,
            };
            if (used == 0)
                return false;
            key = key[used..];
        }

        return key.IsEmpty;
    }
}
