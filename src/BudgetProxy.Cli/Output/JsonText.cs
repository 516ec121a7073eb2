using System.Text.Encodings.Web;
using System.Text.Json;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Output;

/// <summary>JSON for scripts, as the API gave it, to standard output.</summary>
internal static class JsonText
{
    /// <summary>On one line, no character hidden from HTML.</summary>
    public static JsonSerializerOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="onOneLine">For what comes again and again.</param>
    public static void Print(JsonElement json, bool onOneLine = false)
    {
        using var output = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(output, onOneLine ? Line : Indented))
            json.WriteTo(writer);
        output.Write("\n"u8);
    }

    /// <summary>The pages of a list as one list, written as they come; <c>next</c> is that of the last.</summary>
    public static async Task PrintAsync(IAsyncEnumerable<AdminPage> pages, CancellationToken cancellationToken)
    {
        await using var output = Console.OpenStandardOutput();
        await using var writer = new Utf8JsonWriter(output, Indented);
        var begun = false;
        string? next = null;
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            // Only once the first page is there: a refusal leaves no half a document behind.
            if (!begun)
                Begin(writer);
            begun = true;
            foreach (var item in page.Items)
                item.WriteTo(writer);
            next = page.Next;
            await writer.FlushAsync(cancellationToken);
        }

        writer.WriteEndArray();
        writer.WriteString("next", next);
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
        output.Write("\n"u8);
    }

    private static void Begin(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("items");
    }
}
