using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary>Reads an admin call's body: one JSON object of at most 1 MiB, UTF-8, without duplicate names.</summary>
internal static class JsonBody
{
    public const int MaxBytes = 1 << 20;

    private const int MaxDepth = 16;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The body's fields, or the problem to answer with; exactly one of the two.</summary>
    /// <param name="mayBeEmpty">True: no body at all is an object without fields.</param>
    public static async Task<(FieldReader? Fields, ProblemHttpResult? Problem)> ReadAsync(
        HttpRequest request, CancellationToken cancellationToken, bool mayBeEmpty = false)
    {
        var bytes = mayBeEmpty || IsPlainJson(request) ? await ReadBytesAsync(request, cancellationToken) : [];
        if (bytes is null)
            return (null, Problems.TooLarge(MaxBytes));
        if (mayBeEmpty && bytes.Length == 0)
            bytes = "{}"u8.ToArray();
        else if (!IsPlainJson(request))
            return (null, Problems.WrongMediaType());
        if (!Utf8.IsValid(bytes))
            return (null, Problems.BadBody("The body is not valid UTF-8."));
        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            var root = document.RootElement.Clone();
            if (!IsText(root))
                return (null, Problems.BadBody("The body holds a string that is not Unicode text: half of a surrogate pair."));
            return root.ValueKind == JsonValueKind.Object
                ? (new FieldReader(root, "", new FieldErrors()), null)
                : (null, Problems.BadBody("The body must be a JSON object, such as {}."));
        }
        catch (JsonException wrong) when (wrong.LineNumber is { } line)
        {
            return (null, Problems.BadBody($"The body is not well-formed JSON: see line {line + 1}, byte {wrong.BytePositionInLine + 1}."));
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return (null, Problems.BadBody("The body gives a field twice, or a name that is not Unicode text."));
        }
    }

    /// <summary>A patch says what it is, or calls itself plain JSON.</summary>
    private static bool IsPlainJson(HttpRequest request) =>
        request.HasJsonContentType()
        && request.Headers.ContentEncoding.Count == 0
        && (request.GetTypedHeaders().ContentType?.Charset.Value is not { Length: > 0 } charset
            || charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>An escaped half of a surrogate pair is well-formed JSON, but no string can be made of it.</summary>
    private static bool IsText(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString() is not null,
                JsonValueKind.Array => value.EnumerateArray().All(IsText),
                JsonValueKind.Object => value.EnumerateObject().All(property => property.Name is not null && IsText(property.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static async Task<byte[]?> ReadBytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
            return null;
        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (body.Length + read > MaxBytes)
                return null;
            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }
}
