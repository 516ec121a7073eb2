using System.Globalization;
using System.Text.Json.Nodes;

namespace BudgetProxy.Dashboard;

/// <summary>The fields of a form as they were filled in, to be made into an admin call's body, or shown again where that was refused.</summary>
public sealed class FormFields(IFormCollection form)
{
    /// <summary>Trimmed; null = empty or not there.</summary>
    public string? this[string name] => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;

    public bool Has(string name) => form.ContainsKey(name);

    /// <summary>A text, or null in JSON.</summary>
    public JsonNode? Text(string name) => this[name] is { } text ? JsonValue.Create(text) : null;

    /// <summary>Parts between commas or at line ends.</summary>
    public JsonArray List(string name) =>
        [.. (this[name] ?? "").Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(part => JsonValue.Create(part))];

    /// <summary>A number where it is one, else the text, so that the API says what is wrong with it.</summary>
    public JsonNode? Number(string name) =>
        this[name] is not { } text ? null : TryNumber(text, out var number) ? JsonValue.Create(number) : JsonValue.Create(text);

    /// <summary>
    /// Reads a number with a decimal point. A comma makes it no number: to many readers it is the decimal sign, and taken for the sign between thousands
    /// it would make 12,5 ten times as much.
    /// </summary>
    public static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
