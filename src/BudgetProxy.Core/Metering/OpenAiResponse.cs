using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>OpenAI's <c>response</c> object: a whole answer, or what a stream's last event carries (source: OpenAI API reference, responses, 2026-08).</summary>
internal struct OpenAiResponse
{
    private long _searches;
    private long _fileSearches;
    private long _codeSessions;
    private Usage? _usage;
    private UnknownTokens _unknown;

    public string? Model;
    public ServiceTier? Tier;

    /// <summary>True where it carries an error.</summary>
    public bool HasError { get; private set; }

    /// <summary>True where nothing more will come: it was completed, or ended by its limit or a filter.</summary>
    public bool Ended { get; private set; }

    /// <summary>The usage, with the calls of tools that the output names; null = none that can be believed.</summary>
    public readonly Usage? Usage => _usage is { } usage ? usage with { ToolCalls = _searches, FileSearches = _fileSearches, CodeSessions = _codeSessions } : null;

    /// <summary>The part of it that no price is known for.</summary>
    public readonly UnknownTokens Unknown => _unknown;

    /// <summary>Reads a body that is not streamed.</summary>
    public static MeterReading ReadWhole(ReadOnlySpan<byte> body, CacheWrite longestTtl)
    {
        var json = new JsonCursor(body);
        var response = new OpenAiResponse();
        if (!response.Read(ref json, longestTtl) || !json.IsWhole()) return default;
        return new MeterReading
        {
            Usage = response.Usage,
            Unknown = response.Unknown,
            ServedModel = response.Model,
            ServedTier = response.Tier,
            Finished = response.Ended && !response.HasError,
            Failed = response.HasError,
        };
    }

    /// <summary>Reads the object; false = it is none.</summary>
    public bool Read(ref JsonCursor json, CacheWrite longestTtl)
    {
        if (!json.EnterObject()) return false;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("model"u8)) ServedModel.Read(ref json, ref Model);
            else if (key.SequenceEqual("service_tier"u8)) OpenAiTier.Read(ref json, ref Tier);
            else if (key.SequenceEqual("usage"u8)) ReadUsage(ref json, longestTtl);
            else if (key.SequenceEqual("error"u8)) HasError = json.SkipPresent();
            else if (key.SequenceEqual("status"u8)) Ended = json.ReadString(out var status) && (status.SequenceEqual("completed"u8) || status.SequenceEqual("incomplete"u8));
            else if (key.SequenceEqual("output"u8)) ReadOutput(ref json);
            else json.Skip();
        }

        return true;
    }

    private void ReadUsage(ref JsonCursor json, CacheWrite longestTtl)
    {
        if (!json.ReadNull()) _usage = OpenAiUsage.Read(ref json, hasOutput: true, longestTtl, out _unknown);
    }

    private void ReadOutput(ref JsonCursor json)
    {
        if (!json.EnterArray()) return;
        while (json.NextItem())
            Add(ReadItem(ref json));
    }

    private void Add(ServerCall call)
    {
        _searches += call == ServerCall.WebSearch ? 1 : 0;
        _fileSearches += call == ServerCall.FileSearch ? 1 : 0;
        // All code of an answer runs in one container: a second call of the tool finds it open.
        _codeSessions |= call == ServerCall.Code ? 1L : 0L;
    }

    /// <summary>Reads an item of the output: what was called at a fee, if anything.</summary>
    public static ServerCall ReadItem(ref JsonCursor json)
    {
        if (!json.EnterObject()) return ServerCall.None;
        var (call, isFree) = (ServerCall.None, false);
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("type"u8)) call = ReadCall(ref json);
            else if (key.SequenceEqual("action"u8)) isFree = IsFree(ref json);
            else json.Skip();
        }

        return call == ServerCall.WebSearch && isFree ? ServerCall.None : call;
    }

    private static ServerCall ReadCall(ref JsonCursor json)
    {
        if (!json.ReadString(out var type)) return ServerCall.None;
        return type.SequenceEqual("web_search_call"u8) ? ServerCall.WebSearch
            : type.SequenceEqual("file_search_call"u8) ? ServerCall.FileSearch
            : type.SequenceEqual("code_interpreter_call"u8) ? ServerCall.Code
            : ServerCall.None;
    }

    /// <summary>To open a page that was found, or to look into it, has no fee.</summary>
    private static bool IsFree(ref JsonCursor json)
    {
        var free = false;
        if (!json.EnterObject()) return false;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("type"u8)) free = json.ReadString(out var type) && !type.SequenceEqual("search"u8);
            else json.Skip();
        }

        return free;
    }
}
