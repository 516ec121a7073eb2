using System.Text;
using System.Text.Json;

namespace BudgetProxy.DirectoryFile;

/// <summary>Writes values as YAML that this version's reader, and any other of YAML 1.1 or 1.2, reads as the same values.</summary>
internal static class YamlText
{
    /// <summary>Text, without quotes only where nobody could take it for something else.</summary>
    public static string Of(string text) => IsPlain(text) ? text : Quoted(text);

    /// <summary>Any JSON value on one line.</summary>
    public static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Of(value.GetString()!),
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Of))}]",
        JsonValueKind.Object => value.EnumerateObject().Any()
            ? $"{{ {string.Join(", ", value.EnumerateObject().Select(field => $"{Of(field.Name)}: {Of(field.Value)}"))} }}"
            : "{}",
        _ => value.GetRawText(),
    };

    private static bool IsPlain(string text) =>
        text.Length > 0 && char.IsAsciiLetter(text[0])
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/')
        && !NodeJson.IsTakenForOther(text);

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            if (letter is '"' or '\\')
                quoted.Append('\\').Append(letter);
            else if (char.IsControl(letter) || letter is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF')
                quoted.Append($"\\u{(int)letter:X4}");
            else
                quoted.Append(letter);
        }

        return quoted.Append('"').ToString();
    }
}
