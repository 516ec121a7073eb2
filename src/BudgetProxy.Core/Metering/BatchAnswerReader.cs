using System.Text.Json;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// Reads lines of a batch's results: OpenAI <c>{id, custom_id, response: {status_code, body}, error}</c>, Anthropic
/// <c>{custom_id, result: {type, message}}</c> (sources: the providers' API references, batches, 2026-08). Never throws for what a line holds.
/// </summary>
public static class BatchAnswerReader
{
    /// <summary>False = the line is not whole JSON, or names no custom id.</summary>
    public static bool TryRead(Provider provider, ReadOnlySpan<byte> line, out BatchAnswer answer)
    {
        answer = default;
        try
        {
            var json = new Utf8JsonReader(line);
            return json.Read() && json.TokenType == JsonTokenType.StartObject
                && (provider == Provider.Anthropic ? ReadAnthropic(ref json, out answer) : ReadOpenAi(ref json, out answer))
                && !json.Read();
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool ReadOpenAi(ref Utf8JsonReader json, out BatchAnswer answer)
    {
        var (id, status, body) = ("", 0, default(Range));
        while (Next(ref json))
        {
            if (json.ValueTextEquals("custom_id"u8))
                id = Text(ref json);
            else if (json.ValueTextEquals("response"u8))
                ReadResponse(ref json, ref status, ref body);
            else
                Skip(ref json);
        }

        answer = new BatchAnswer(id, status, body);
        return id.Length > 0;
    }

    private static void ReadResponse(ref Utf8JsonReader json, ref int status, ref Range body)
    {
        if (!Enter(ref json))
            return;
        while (Next(ref json))
        {
            if (json.ValueTextEquals("status_code"u8))
                status = json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var code) ? code : 0;
            else if (json.ValueTextEquals("body"u8))
                body = Value(ref json);
            else
                Skip(ref json);
        }
    }

    private static bool ReadAnthropic(ref Utf8JsonReader json, out BatchAnswer answer)
    {
        var (id, body, succeeded) = ("", default(Range), false);
        while (Next(ref json))
        {
            if (json.ValueTextEquals("custom_id"u8))
                id = Text(ref json);
            else if (json.ValueTextEquals("result"u8))
                ReadResult(ref json, ref succeeded, ref body);
            else
                Skip(ref json);
        }

        answer = new BatchAnswer(id, succeeded ? 200 : 0, succeeded ? body : default);
        return id.Length > 0;
    }

    private static void ReadResult(ref Utf8JsonReader json, ref bool succeeded, ref Range body)
    {
        if (!Enter(ref json))
            return;
        while (Next(ref json))
        {
            if (json.ValueTextEquals("type"u8))
                succeeded = Text(ref json) == "succeeded";
            else if (json.ValueTextEquals("message"u8))
                body = Value(ref json);
            else
                Skip(ref json);
        }
    }

    private static bool Next(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    private static bool Enter(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartObject)
            return true;
        json.Skip();
        return false;
    }

    private static string Text(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return json.GetString()!;
        json.Skip();
        return "";
    }

    private static Range Value(ref Utf8JsonReader json)
    {
        json.Read();
        var start = (int)json.TokenStartIndex;
        var isNull = json.TokenType == JsonTokenType.Null;
        json.Skip();
        return isNull ? default : start..(int)json.BytesConsumed;
    }

    private static void Skip(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }
}
