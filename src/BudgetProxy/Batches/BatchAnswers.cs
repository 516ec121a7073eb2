using System.Buffers;
using System.Text;
using System.Text.Json;
using BudgetProxy.Core.Requests;
using BudgetProxy.Forwarding;
using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>Writes what a provider answered, or a list made of it, to the client.</summary>
public static class BatchAnswers
{
    /// <summary>
    /// Passes an answer on as it came; where there is none, or one that is about our own key, gives the refusal to answer with. One thing is changed: Anthropic's
    /// <c>results_url</c> names its own host, where SDKs would send the virtual key, so it becomes the same path without a host.
    /// </summary>
    public static async Task<GatewayRefusal?> PassAsync(HttpContext context, Provider provider, ProviderAnswer answer)
    {
        if (answer.Message is not { } message)
            return Refusals.ProviderFailed(timedOut: false, answer.Dispatched);
        if (answer.Status == StatusCodes.Status401Unauthorized)
            return Refusals.ProviderKeyRefused;
        var body = provider == Provider.Anthropic ? WithOwnUrls(answer.Body) : answer.Body;
        var response = context.Response;
        response.StatusCode = answer.Status;
        HeaderRules.CopyFrom(message, response.Headers);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
        return null;
    }

    /// <summary>Answers with a list of the provider's own objects.</summary>
    /// <param name="items">Each one's id and JSON.</param>
    public static async Task WriteListAsync(HttpContext context, Provider provider, IReadOnlyList<(string Id, string Json)> items, bool hasMore)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            if (provider == Provider.OpenAi)
                json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (var item in items)
                json.WriteRawValue(provider == Provider.Anthropic ? WithOwnUrls(Encoding.UTF8.GetBytes(item.Json)) : Encoding.UTF8.GetBytes(item.Json));
            json.WriteEndArray();
            json.WriteString("first_id", items.Count == 0 ? null : items[0].Id);
            json.WriteString("last_id", items.Count == 0 ? null : items[^1].Id);
            json.WriteBoolean("has_more", hasMore);
            json.WriteEndObject();
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    /// <summary>The object with <c>results_url</c> as a path; as it came where it has none.</summary>
    internal static byte[] WithOwnUrls(byte[] body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            while (json.Read())
            {
                if (json.CurrentDepth != 1 || json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("results_url"u8))
                    continue;
                if (!json.Read() || json.TokenType != JsonTokenType.String || !Uri.TryCreate(json.GetString(), UriKind.Absolute, out var url))
                    return body;
                var path = JsonSerializer.SerializeToUtf8Bytes(url.AbsolutePath);
                return [.. body.AsSpan(0, (int)json.TokenStartIndex), .. path, .. body.AsSpan((int)json.BytesConsumed)];
            }
        }
        catch (JsonException)
        {
            // Not ours to judge: it passes as it came.
        }

        return body;
    }
}
