using System.Text.Json;
using System.Text.Unicode;
using BudgetProxy.Admin;
using BudgetProxy.Gateway;

namespace BudgetProxy.Checks;

/// <summary>Reads one JSON object: UTF-8, no name twice, no text that is none.</summary>
internal static class CheckBody
{
    /// <summary>Bytes of one object at most, far more than all fields at their longest.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxDepth = 8;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads the call's body.</summary>
    /// <returns>Its fields, or the refusal to answer with; exactly one of the two.</returns>
    public static async ValueTask<(FieldReader? Fields, GatewayRefusal? Refusal)> ReadAsync(Call call)
    {
        if (await FillAsync(call, MaxBytes) is { } refusal)
            return (null, refusal);
        var fields = Parse(call.Body.Memory, out var problem);
        return (fields, problem is null ? null : CheckRefusals.NotJson(problem));
    }

    /// <summary>Takes the whole body into the call's buffer; null = it is there.</summary>
    public static async ValueTask<GatewayRefusal?> FillAsync(Call call, int maxBytes)
    {
        try
        {
            return await call.Body.ReadAsync(call.Context.Request, maxBytes, call.Context.RequestAborted) ? null : Refusals.TooLarge(maxBytes);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            return Refusals.BrokenBody;
        }
    }

    /// <summary>The fields of an object; null = <paramref name="problem"/> says why not.</summary>
    public static FieldReader? Parse(ReadOnlyMemory<byte> utf8, out string? problem)
    {
        problem = null;
        if (!Utf8.IsValid(utf8.Span))
        {
            problem = "The JSON is not valid UTF-8.";
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Options);
            var root = document.RootElement.Clone();
            if (root.ValueKind == JsonValueKind.Object && IsText(root))
                return new FieldReader(root, "", new FieldErrors());
            problem = root.ValueKind == JsonValueKind.Object
                ? "The JSON holds a string that is not Unicode text: half of a surrogate pair."
                : "A JSON object is needed, such as {\"provider\":\"openai\",\"model\":\"gpt-4o-mini\",\"costUsd\":\"0.01\"}.";
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            problem = $"This is not a well-formed JSON object: {malformed.Message}";
        }

        return null;
    }

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
}
