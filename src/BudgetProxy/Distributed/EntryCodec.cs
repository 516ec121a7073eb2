using System.Buffers;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed;

/// <summary>
/// The texts in which calls, settlements and entries stand in Redis and in the spool: JSON arrays that begin with the number of their form, so that
/// an older and a newer proxy can read each other's. Writers may append fields; readers leave alone what they don't know.
/// </summary>
internal static class EntryCodec
{
    private const int Form = 1;
    private const int MostTags = 1000;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>The call without its id and start, which stand beside it.</summary>
    public static byte[] Write(ReservedCall call)
    {
        var json = Begin();
        WriteCaller(json, call.Caller);
        json.WriteStringValue(call.Provider);
        json.WriteStringValue(call.Api);
        json.WriteStringValue(call.Model);
        json.WriteBooleanValue(call.Streamed);
        json.WriteStringValue(call.Rate);
        json.WriteNumberValue(call.Amount.Value);
        json.WriteNumberValue(call.MarkupBasisPoints);
        WriteUsage(json, call.WorstUsage);
        WritePricing(json, call.Tier, call.Regional);
        WriteLaterBuckets(json, call.WorstUsage);
        Write(json, call.Expected?.Value);
        Write(json, call.ExpectedTokens);
        Write(json, call.Caller.Prepaid);
        return End(json);
    }

    /// <exception cref="FormatException">It is no call that this version can read.</exception>
    public static ReservedCall ReadCall(ReadOnlySpan<byte> text, Guid id, DateTimeOffset startedAt)
    {
        var json = Open(text);
        var call = new ReservedCall
        {
            Id = id,
            StartedAt = startedAt,
            Caller = ReadCaller(ref json),
            Provider = Text(ref json)!,
            Api = Text(ref json)!,
            Model = Text(ref json)!,
            Streamed = Flag(ref json),
            Rate = Text(ref json),
            Amount = new NanoUsd(Number(ref json)),
            MarkupBasisPoints = (int)Number(ref json),
            WorstUsage = ReadUsage(ref json),
            Tier = Tier(ref json),
            Regional = FlagOrNone(ref json),
        };
        return call with
        {
            WorstUsage = ReadLaterBuckets(ref json, call.WorstUsage),
            Expected = NumberOrNone(ref json) is { } expected ? new NanoUsd(expected) : null,
            ExpectedTokens = NumberOrNone(ref json),
            Caller = FlagOrNone(ref json) is { } prepaid ? call.Caller with { Prepaid = prepaid } : call.Caller,
        };
    }

    public static byte[] Write(Settlement settlement)
    {
        var json = Begin();
        WriteUsage(json, settlement.Usage);
        json.WriteNumberValue((int)settlement.Basis);
        json.WriteNumberValue(settlement.Cost.Value);
        json.WriteStringValue(settlement.Rate);
        json.WriteStringValue(settlement.ServedModel);
        json.WriteNumberValue(settlement.Status);
        WritePricing(json, settlement.Tier, settlement.Regional);
        WriteLaterBuckets(json, settlement.Usage);
        json.WriteNumberValue(settlement.UnknownBucket ? 1 : 0);
        return End(json);
    }

    /// <exception cref="FormatException">It is no settlement that this version can read.</exception>
    public static Settlement ReadSettlement(ReadOnlySpan<byte> text)
    {
        var json = Open(text);
        var settlement = new Settlement(
            ReadUsage(ref json), (UsageBasis)Number(ref json), new NanoUsd(Number(ref json)), Text(ref json), Text(ref json), (int)Number(ref json),
            Tier(ref json), FlagOrNone(ref json));
        return settlement with { Usage = ReadLaterBuckets(ref json, settlement.Usage), UnknownBucket = NumberOrNone(ref json) is > 0 };
    }

    public static byte[] Write(LedgerEntry entry)
    {
        var json = Begin();
        json.WriteStringValue(entry.RequestId);
        json.WriteStringValue(entry.Adjusts?.ToString());
        WriteCaller(json, entry.ToCaller());
        json.WriteStringValue(entry.Provider);
        json.WriteStringValue(entry.Api);
        json.WriteStringValue(entry.Model);
        json.WriteStringValue(entry.ServedModel);
        json.WriteStringValue(entry.Rate);
        json.WriteNumberValue((int)entry.Basis);
        WriteUsage(json, entry.Usage);
        json.WriteNumberValue(entry.Cost.Value);
        json.WriteNumberValue(entry.Charged.Value);
        json.WriteNumberValue(entry.Reserved.Value);
        json.WriteNumberValue(entry.Overrun.Value);
        json.WriteBooleanValue(entry.Streamed);
        json.WriteNumberValue(entry.Status);
        json.WriteNumberValue(entry.StartedAt.ToUnixTimeMilliseconds());
        json.WriteNumberValue(entry.SettledAt.ToUnixTimeMilliseconds());
        WritePricing(json, entry.Tier, entry.Regional);
        Write(json, entry.MarkupBasisPoints);
        WriteLaterBuckets(json, entry.Usage);
        json.WriteNumberValue(entry.UnknownBucket ? 1 : 0);
        Write(json, entry.Prepaid);
        return End(json);
    }

    /// <exception cref="FormatException">It is no entry that this version can read.</exception>
    public static LedgerEntry ReadEntry(ReadOnlySpan<byte> text, Guid id)
    {
        var json = Open(text);
        var requestId = Guid.Parse(Text(ref json)!);
        Guid? adjusts = Text(ref json) is { } corrected ? Guid.Parse(corrected) : null;
        var caller = ReadCaller(ref json);
        var entry = new LedgerEntry
        {
            Id = id,
            RequestId = requestId,
            Adjusts = adjusts,
            Tenant = caller.Tenant,
            Key = caller.Key,
            User = caller.User,
            Project = caller.Project,
            Run = caller.Run,
            Tags = caller.Tags,
            Provider = Text(ref json)!,
            Api = Text(ref json)!,
            Model = Text(ref json)!,
            ServedModel = Text(ref json),
            Rate = Text(ref json),
            Basis = (UsageBasis)Number(ref json),
            Usage = ReadUsage(ref json),
            Cost = new NanoUsd(Number(ref json)),
            Charged = new NanoUsd(Number(ref json)),
            Reserved = new NanoUsd(Number(ref json)),
            Overrun = new NanoUsd(Number(ref json)),
            Streamed = Flag(ref json),
            Status = (int)Number(ref json),
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(Number(ref json)),
            SettledAt = DateTimeOffset.FromUnixTimeMilliseconds(Number(ref json)),
            Tier = Tier(ref json),
            Regional = FlagOrNone(ref json),
            MarkupBasisPoints = (int?)NumberOrNone(ref json),
        };
        return entry with
        {
            Usage = ReadLaterBuckets(ref json, entry.Usage),
            UnknownBucket = NumberOrNone(ref json) is > 0,
            Prepaid = FlagOrNone(ref json),
        };
    }

    private static Utf8JsonWriter Begin()
    {
        _buffer ??= new ArrayBufferWriter<byte>(1024);
        _writer ??= new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true });
        _buffer.ResetWrittenCount();
        _writer.Reset();
        _writer.WriteStartArray();
        _writer.WriteNumberValue(Form);
        return _writer;
    }

    private static byte[] End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.Flush();
        return _buffer!.WrittenSpan.ToArray();
    }

    private static Utf8JsonReader Open(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text);
        try
        {
            if (json.Read() && json.TokenType == JsonTokenType.StartArray && Number(ref json) == Form)
                return json;
        }
        catch (JsonException broken)
        {
            throw new FormatException("Not JSON.", broken);
        }

        throw new FormatException("A text of a form that this version does not know.");
    }

    private static void WriteCaller(Utf8JsonWriter json, Caller caller)
    {
        json.WriteStringValue(caller.Tenant);
        json.WriteStringValue(caller.Key);
        json.WriteStringValue(caller.User);
        json.WriteStringValue(caller.Project);
        json.WriteStringValue(caller.Run);
        json.WriteNumberValue(caller.Tags.Count);
        for (var i = 0; i < caller.Tags.Count; i++)
        {
            json.WriteStringValue(caller.Tags[i].Key);
            json.WriteStringValue(caller.Tags[i].Value);
        }
    }

    private static Caller ReadCaller(ref Utf8JsonReader json)
    {
        string tenant = Text(ref json)!, key = Text(ref json)!;
        string? user = Text(ref json), project = Text(ref json), run = Text(ref json);
        var count = Number(ref json);
        if (count is < 0 or > MostTags)
            throw new FormatException("No call has so many tags.");
        var tags = new KeyValuePair<string, string>[count];
        for (var i = 0; i < tags.Length; i++)
            tags[i] = new(Text(ref json)!, Text(ref json)!);
        return new Caller { Tenant = tenant, Key = key, User = user, Project = project, Run = run, Tags = tags };
    }

    private static void WriteUsage(Utf8JsonWriter json, in Usage usage)
    {
        json.WriteNumberValue(usage.Input);
        json.WriteNumberValue(usage.CachedInput);
        json.WriteNumberValue(usage.CacheWriteShort);
        json.WriteNumberValue(usage.CacheWriteLong);
        json.WriteNumberValue(usage.Output);
        json.WriteNumberValue(usage.Reasoning);
        json.WriteNumberValue(usage.AudioInput);
        json.WriteNumberValue(usage.AudioOutput);
        json.WriteNumberValue(usage.ImageInput);
        json.WriteNumberValue(usage.ToolCalls);
    }

    private static Usage ReadUsage(ref Utf8JsonReader json) => new()
    {
        Input = Number(ref json),
        CachedInput = Number(ref json),
        CacheWriteShort = Number(ref json),
        CacheWriteLong = Number(ref json),
        Output = Number(ref json),
        Reasoning = Number(ref json),
        AudioInput = Number(ref json),
        AudioOutput = Number(ref json),
        ImageInput = Number(ref json),
        ToolCalls = Number(ref json),
    };

    /// <summary>Buckets that came after the first version, at the text's end: an older proxy leaves them alone, and an older text has none.</summary>
    private static void WriteLaterBuckets(Utf8JsonWriter json, in Usage usage)
    {
        json.WriteNumberValue(usage.ImageOutput);
        json.WriteNumberValue(usage.FileSearches);
        json.WriteNumberValue(usage.CodeSessions);
    }

    private static Usage ReadLaterBuckets(ref Utf8JsonReader json, in Usage usage) => usage with
    {
        ImageOutput = NumberOrNone(ref json) ?? 0,
        FileSearches = NumberOrNone(ref json) ?? 0,
        CodeSessions = NumberOrNone(ref json) ?? 0,
    };

    private static void WritePricing(Utf8JsonWriter json, ServiceTier? tier, bool? regional)
    {
        Write(json, (int?)tier);
        Write(json, regional);
    }

    private static void Write(Utf8JsonWriter json, bool? flag)
    {
        if (flag is { } known)
            json.WriteBooleanValue(known);
        else
            json.WriteNullValue();
    }

    private static void Write(Utf8JsonWriter json, long? number)
    {
        if (number is { } known)
            json.WriteNumberValue(known);
        else
            json.WriteNullValue();
    }

    /// <summary>Null also where an older writer's text ends before it.</summary>
    private static long? NumberOrNone(ref Utf8JsonReader json) => NextOrEnd(ref json) switch
    {
        JsonTokenType.Null or JsonTokenType.EndArray => null,
        JsonTokenType.Number when json.TryGetInt64(out var number) => number,
        _ => throw new FormatException("A whole number was expected."),
    };

    private static ServiceTier? Tier(ref Utf8JsonReader json) => (ServiceTier?)NumberOrNone(ref json);

    /// <summary>Null also where an older writer's text ends before it.</summary>
    private static bool? FlagOrNone(ref Utf8JsonReader json) => NextOrEnd(ref json) switch
    {
        JsonTokenType.Null or JsonTokenType.EndArray => null,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new FormatException("True or false was expected."),
    };

    private static string? Text(ref Utf8JsonReader json) => Next(ref json) switch
    {
        JsonTokenType.String => json.GetString(),
        JsonTokenType.Null => null,
        _ => throw new FormatException("A text was expected."),
    };

    private static long Number(ref Utf8JsonReader json) =>
        Next(ref json) == JsonTokenType.Number && json.TryGetInt64(out var number) ? number : throw new FormatException("A whole number was expected.");

    private static bool Flag(ref Utf8JsonReader json) => Next(ref json) switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new FormatException("True or false was expected."),
    };

    /// <summary>The next token; at the array's end it stays there, however often it is asked.</summary>
    private static JsonTokenType NextOrEnd(ref Utf8JsonReader json) => json.TokenType == JsonTokenType.EndArray ? JsonTokenType.EndArray : Next(ref json);

    private static JsonTokenType Next(ref Utf8JsonReader json)
    {
        try
        {
            return json.Read() ? json.TokenType : throw new FormatException("The text ends too early.");
        }
        catch (JsonException broken)
        {
            throw new FormatException("Not JSON.", broken);
        }
    }
}
