using System.Text.Json;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Gateway;

/// <summary>
/// Where a provider counts the input of one wire format, and which of its fields that takes. The body is the call's own, field for field, less those
/// that can't change the count; a field that is in neither list might, so then the provider is not asked.
/// </summary>
/// <param name="Path">Below the provider's base URL.</param>
/// <param name="Counted">Names of the fields that are sent.</param>
/// <param name="Left">Names of the fields that are left out: they add no input.</param>
public sealed record CountRoute(string Path, IReadOnlyList<byte[]> Counted, IReadOnlyList<byte[]> Left)
{
    /// <summary>Anthropic API reference, count_tokens (2026-08).</summary>
    private static readonly CountRoute AnthropicMessages = new(
        "/v1/messages/count_tokens",
        Names("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "cache_control", "speed"),
        Names("max_tokens", "stream", "temperature", "top_p", "top_k", "stop_sequences", "metadata", "service_tier", "inference_geo"));

    /// <summary>OpenAI API reference, get input token counts (2026-08).</summary>
    private static readonly CountRoute OpenAiResponses = new(
        "/v1/responses/input_tokens",
        Names("model", "input", "instructions", "tools", "tool_choice", "text", "reasoning", "truncation", "parallel_tool_calls", "conversation", "previous_response_id"),
        Names(
            "max_output_tokens", "stream", "stream_options", "temperature", "top_p", "store", "metadata", "user", "safety_identifier", "service_tier",
            "include", "prompt_cache_key", "prompt_cache_retention", "top_logprobs", "max_tool_calls"));

    /// <summary>The counter of a wire format; null = its provider has none.</summary>
    public static CountRoute? Of(ProviderApi api) => api switch
    {
        ProviderApi.OpenAiResponses => OpenAiResponses,
        ProviderApi.AnthropicMessages => AnthropicMessages,
        _ => null,
    };

    /// <summary>Whether a header of the call goes along.</summary>
    public static bool Sends(string header) =>
        header.Equals("anthropic-version", StringComparison.OrdinalIgnoreCase) || header.Equals("anthropic-beta", StringComparison.OrdinalIgnoreCase)
        || header.Equals("OpenAI-Beta", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes the body to send; the destination is two bytes longer than <paramref name="body"/>, which is one valid JSON object.</summary>
    /// <returns>Bytes written; 0 = the body holds a field that may add input and that the counter does not take.</returns>
    public int Write(ReadOnlySpan<byte> body, Span<byte> destination)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        var length = 0;
        destination[length++] = (byte)'{';
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var (counted, left) = (Holds(Counted, ref reader), Holds(Left, ref reader));
            reader.Skip();
            if (!counted && !left)
                return 0;
            if (!counted)
                continue;
            if (length > 1)
                destination[length++] = (byte)',';
            var field = body[start..(int)reader.BytesConsumed];
            field.CopyTo(destination[length..]);
            length += field.Length;
        }

        destination[length++] = (byte)'}';
        return length;
    }

    private static byte[][] Names(params string[] names) => Array.ConvertAll(names, System.Text.Encoding.UTF8.GetBytes);

    private static bool Holds(IReadOnlyList<byte[]> names, ref Utf8JsonReader reader)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (reader.ValueTextEquals(names[i]))
                return true;
        }

        return false;
    }
}
