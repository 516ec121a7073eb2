namespace BudgetProxy.Core.Requests;

/// <summary>Fields that the wire formats share.</summary>
internal static class CommonFields
{
    /// <summary>Bytes of a model id at most.</summary>
    public const int MaxModelBytes = 256;

    /// <summary>Bytes of an end user's id at most, escapes counted: Anthropic takes 256 characters, OpenAI names no limit for <c>user</c>.</summary>
    public const int MaxUserBytes = 1024;

    // Every name that decides a price. Some JSON libraries match names in any case, so a variant could mean another call than the one we price.
    private static readonly byte[][] Deciding =
    [
        .. new[]
        {
            "model", "messages", "input", "system", "tools", "functions", "n", "stream", "stream_options", "max_tokens", "max_completion_tokens",
            "service_tier", "speed", "user", "safety_identifier", "metadata", "cache_control", "prompt_cache_options", "web_search_options",
            "response_format", "output_config", "output_format", "prediction", "thinking", "reasoning_effort", "inference_geo", "mcp_servers",
            "container", "context_management", "fallbacks", "audio", "modalities",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    public static void ReadModel(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.Text(MaxModelBytes) is { } model)
            request.Model = model;
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
            if (System.Text.Ascii.EqualsIgnoreCase(cursor.Key, name) && !cursor.KeyIs(name))
            {
                cursor.Fail("Field names are in lower case.");
                return;
            }
        }

        CountOpaque(ref cursor, request);
    }

    /// <summary>Counts the present value by its JSON: a bound for whatever the provider makes of it. Null is nothing.</summary>
    public static void CountOpaque(ref BodyCursor cursor, ProviderRequest request)
    {
        if (!cursor.IsNull)
            request.Content.Add(cursor.RawSpan(ContentKind.OpaqueJson));
    }

    /// <summary>A string to count as <paramref name="kind"/>; null is nothing, anything else fails.</summary>
    public static void CountString(ref BodyCursor cursor, ProviderRequest request, ContentKind kind)
    {
        if (cursor.ExpectString() && !cursor.Raw.IsEmpty)
            request.Content.Add(cursor.StringSpan(kind));
    }

    /// <summary>A message's content: a string, or an array of parts, each read by <paramref name="readPart"/>; null is nothing.</summary>
    public static void ReadContent(ref BodyCursor cursor, ProviderRequest request, BodyReading readPart)
    {
        if (cursor.IsNull)
            return;
        if (cursor.IsString)
        {
            CountString(ref cursor, request, ContentKind.Text);
            return;
        }

        if (!cursor.IsArray)
            cursor.Fail("Must be a string or an array of parts.");
        var parts = 0;
        while (cursor.NextElement())
        {
            parts++;
            if (!cursor.ExpectObject())
                cursor.Fail("A content part must be an object.");
            else
                readPart(ref cursor, request);
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

    /// <summary>A cache marker: Anthropic <c>cache_control</c>, OpenAI <c>prompt_cache_breakpoint</c>. An unknown lifetime is taken as the long one, the dearest.</summary>
    public static void ReadCacheMarker(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.IsNull)
            return;
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

        Raise(request, write);
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
}
