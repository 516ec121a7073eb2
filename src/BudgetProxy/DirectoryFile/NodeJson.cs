using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BudgetProxy.DirectoryFile;

/// <summary>
/// Writes a file's values as JSON, for the readers of the admin API: what is valid there is valid here, by the same code. Numbers go over digit by digit as
/// they are written, so that no amount passes through a binary fraction. A scalar without quotes is what YAML's core schema says, but for spellings of numbers that JSON
/// lacks (octal, exponents, signs): those are refused, since readers differ about them.
/// </summary>
internal static class NodeJson
{
    private const int MaxNumberChars = 40;

    private static readonly Regex Number = Pattern(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?\z");

    private static readonly Regex OtherNumber = Pattern(
        @"^[-+]?(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?\z|^0[xo][0-9a-fA-F_]+\z|^[-+]?\.(inf|Inf|INF)\z|^\.(nan|NaN|NAN)\z");

    private static readonly Regex Words = Pattern(@"^(?i:null|true|false|yes|no|on|off|y|n)\z");

    /// <summary>A map as a JSON object, together with fields that it lacks.</summary>
    /// <param name="without">Fields of the map that stay out.</param>
    /// <param name="more">Fields that are added where the map lacks them: name and text, or null.</param>
    /// <param name="refuse">Told of each value that can't be written: its place and what is wrong.</param>
    /// <returns>To be disposed of.</returns>
    public static JsonDocument Of(
        FileNode map, ReadOnlySpan<string> without, ReadOnlySpan<(string Name, string? Text)> more, Action<FilePlace, string> refuse)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            WriteMap(json, map, without, more, refuse);
        return JsonDocument.Parse(buffer.WrittenMemory);
    }

    private static void WriteMap(
        Utf8JsonWriter json, FileNode map, ReadOnlySpan<string> without, ReadOnlySpan<(string Name, string? Text)> more, Action<FilePlace, string> refuse)
    {
        json.WriteStartObject();
        foreach (var (name, text) in more)
        {
            if (map.Field(name) is null || without.Contains(name))
                json.WriteString(name, text);
        }

        foreach (var (name, value) in map.Fields)
        {
            if (without.Contains(name))
                continue;
            json.WritePropertyName(name);
            Write(json, value, refuse);
        }

        json.WriteEndObject();
    }

    /// <summary>Whether text without quotes would be read as something else than text.</summary>
    public static bool IsTakenForOther(string text) =>
        text is "" or "~" || Words.IsMatch(text) || Number.IsMatch(text) || OtherNumber.IsMatch(text);

    private static void Write(Utf8JsonWriter json, FileNode node, Action<FilePlace, string> refuse)
    {
        switch (node.Kind)
        {
            case FileNodeKind.Map:
                json.WriteStartObject();
                foreach (var (name, value) in node.Fields)
                {
                    json.WritePropertyName(name);
                    Write(json, value, refuse);
                }

                json.WriteEndObject();
                break;
            case FileNodeKind.List:
                json.WriteStartArray();
                foreach (var item in node.Items)
                    Write(json, item, refuse);
                json.WriteEndArray();
                break;
            default:
                WriteScalar(json, node, refuse);
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter json, FileNode node, Action<FilePlace, string> refuse)
    {
        if (!node.IsPlain)
            json.WriteStringValue(node.Text);
        else if (node.IsNull)
            json.WriteNullValue();
        else if (node.Text is "true" or "True" or "TRUE")
            json.WriteBooleanValue(true);
        else if (node.Text is "false" or "False" or "FALSE")
            json.WriteBooleanValue(false);
        else if (Number.IsMatch(node.Text) && node.Text.Length <= MaxNumberChars)
            json.WriteRawValue(node.Text);
        else if (OtherNumber.IsMatch(node.Text))
        {
            refuse(node.Place, "Readers of YAML differ about this spelling of a number: write a plain decimal such as 12.5, or put text in quotes.");
            json.WriteNullValue();
        }
        else
            json.WriteStringValue(node.Text);
    }

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);
}
