using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BudgetProxy.Gateway;

namespace BudgetProxy.Checks;

/// <summary>Writes the answers of this folder's routes.</summary>
internal static class DirectAnswer
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object.</summary>
    public static byte[] Object(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }

    /// <summary>Answers with a JSON text.</summary>
    /// <returns>Null: it is no refusal.</returns>
    public static async Task<GatewayRefusal?> SendAsync(Call call, int status, ReadOnlyMemory<byte> json)
    {
        var response = call.Context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, call.Context.RequestAborted);
        return null;
    }
}
