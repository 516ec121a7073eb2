using System.Globalization;
using System.Text.Json;
using BudgetProxy.Core.Money;
using BudgetProxy.Rates;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>
/// Reads a JSON object field by field and collects what is wrong with each instead of stopping at the first; a field that is null counts as left
/// out. After the last one is read, <see cref="RefuseUnknown"/> names the fields that nobody asked for: a misspelt limit must not vanish.
/// </summary>
/// <param name="takesNumbersAsMoney">True where numbers come as they were written, so that an amount may be one.</param>
internal sealed class FieldReader(JsonElement json, string path, FieldErrors errors, bool takesNumbersAsMoney = false)
{
    private readonly List<string> _known = [];
    private readonly List<string> _passedOver = [];

    public FieldErrors Errors => errors;

    /// <summary>The fields that were asked for, in that order.</summary>
    public IReadOnlyList<string> Known => _known;

    public IEnumerable<string> FieldNames => json.EnumerateObject().Select(property => property.Name);

    /// <summary>Text of 1 to <paramref name="most"/> characters without control characters.</summary>
    public string? Text(string name, int most = DirectoryRules.MaxTextChars)
    {
        if (Take(name) is not { } value)
            return null;
        var text = TextOf(value);
        var problem = text is null ? "Must be a string." : DirectoryRules.TextProblem(text, most);
        return problem is null ? text : Fail<string>(name, problem);
    }

    /// <summary>Which counter of a budget: any text that <see cref="Text"/> takes, or empty for the calls that name none.</summary>
    public string? CounterValue(string name) => Take(name) is { } value && TextOf(value) is "" ? "" : Text(name);

    /// <summary><see cref="Text"/>, and an error where it is left out.</summary>
    public string? Required(string name) => Take(name) is null ? Fail<string>(name, "Is required.") : Text(name);

    public FieldReader? RequiredObject(string name) => Take(name) is null ? Fail<FieldReader>(name, "Is required.") : Object(name);

    /// <param name="most">Characters of one.</param>
    public IReadOnlyList<string> TextList(string name, int maxItems, int most = DirectoryRules.MaxTextChars)
    {
        if (Take(name) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > maxItems)
            return Fail<IReadOnlyList<string>>(name, $"Must be an array of at most {maxItems} strings.") ?? [];
        var texts = value.EnumerateArray().Select(TextOf).ToList();
        for (var i = 0; i < texts.Count; i++)
        {
            if ((texts[i] is { } text ? DirectoryRules.TextProblem(text, most) : "Must be a string.") is { } problem)
                Fail($"{name}[{i}]", problem);
        }

        return texts.OfType<string>().ToList();
    }

    public bool? Flag(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => Fail<bool?>(name, "Must be true or false."),
    };

    /// <summary>USD, 0 to the largest limit, from a body only as a decimal string: a JSON number is a double in too many clients.</summary>
    public NanoUsd? Money(string name) => Money(name, NanoUsd.Zero);

    /// <summary>The same from another amount than 0 on.</summary>
    public NanoUsd? Money(string name, NanoUsd least)
    {
        if (Take(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String && !takesNumbersAsMoney)
            return Fail<NanoUsd?>(name, "Must be a decimal string in USD, such as \"5.00\", not a JSON number.");
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : TextOf(value);
        if (NanoUsd.TryParse(text, out var amount) && amount >= least && amount <= NanoUsd.MaxLimit)
            return amount;
        return DecimalOf(text) is { } number && (number < (decimal)least.Value / NanoUsd.PerUsd || number > NanoUsd.MaxLimit.Value / NanoUsd.PerUsd)
            ? Fail<NanoUsd?>(name, $"Must be from {(least == NanoUsd.Zero ? "0" : least.ToBalance())} to {NanoUsd.MaxLimit.ToBalance()} USD.")
            : Fail<NanoUsd?>(name, "Must be a decimal amount of USD with at most nine decimals, such as \"5.00\".");
    }

    /// <summary>A whole number of calls or tokens, 0 to 2^52.</summary>
    public long? Count(string name) => Count(name, 0, NanoUsd.MaxLimit.Value);

    /// <summary>A whole number in a range, both ends included.</summary>
    public long? Count(string name, long least, long most)
    {
        if (Take(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count >= least && count <= most
            ? count
            : Fail<long?>(name, $"Must be a whole number from {least} to {most}.");
    }

    /// <summary>
    /// A price or fee in USD as nano-dollars, 0 to 2^50: a decimal string, or a JSON number, which is read as it is written and never as a double.
    /// </summary>
    public long? Price(string name)
    {
        if (Take(name) is not { } value)
            return null;
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : TextOf(value);
        if (text is null)
            return Fail<long?>(name, "Must be a decimal number of USD, such as \"0.15\".");
        return PriceText.Read(text, PriceText.FromUsd, out var nanos) is { } problem ? Fail<long?>(name, problem) : nanos;
    }

    /// <summary>The field as it is, of any kind; null where it is left out.</summary>
    public JsonElement? Value(string name) => Take(name);

    /// <summary>True where the field is given and not null.</summary>
    public bool Has(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Fields that may be there and say nothing.</summary>
    public void PassOver(params ReadOnlySpan<string> names) => _passedOver.AddRange(names);

    /// <summary>A decimal number, or the same as a string.</summary>
    public decimal? Number(string name) => Take(name) is { } value ? DecimalOf(value) ?? Fail<decimal?>(name, "Must be a number.") : null;

    public IReadOnlyList<decimal> Numbers(string name, int maxItems)
    {
        if (Take(name) is not { } value)
            return [];
        var numbers = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= maxItems
            ? value.EnumerateArray().Select(DecimalOf).ToList()
            : [null];
        return numbers.Contains(null)
            ? Fail<IReadOnlyList<decimal>>(name, $"Must be an array of at most {maxItems} numbers.") ?? []
            : numbers.OfType<decimal>().ToList();
    }

    /// <summary>An RFC 3339 instant; kept to the millisecond.</summary>
    public DateTimeOffset? Instant(string name)
    {
        if (Take(name) is not { } value)
            return null;
        return TextOf(value) is { } text && InstantText.TryParse(text, out var at)
            ? DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds())
            : Fail<DateTimeOffset?>(name, "Must be an RFC 3339 instant, such as \"2026-12-31T23:59:59Z\".");
    }

    /// <summary>One of the enum's lower-case names.</summary>
    public TEnum? OneOf<TEnum>(string name)
        where TEnum : struct, Enum
    {
        if (Take(name) is not { } value)
            return null;
        return TextOf(value) is { } text && Names.TryParse<TEnum>(text, out var parsed)
            ? parsed
            : Fail<TEnum?>(name, $"Must be one of: {Names.All<TEnum>()}.");
    }

    public FieldReader? Object(string name)
    {
        if (Take(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Object
            ? new FieldReader(value, $"{path}{name}.", errors, takesNumbersAsMoney)
            : Fail<FieldReader>(name, "Must be an object.");
    }

    /// <summary>An array of objects, each with a reader of its own; null where it is left out.</summary>
    public IReadOnlyList<FieldReader>? Objects(string name, int maxItems)
    {
        if (Take(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= maxItems && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? value.EnumerateArray().Select((item, i) => new FieldReader(item, $"{path}{name}[{i}].", errors, takesNumbersAsMoney)).ToList()
            : Fail<IReadOnlyList<FieldReader>>(name, $"Must be an array of at most {maxItems} objects.");
    }

    /// <summary>The fields of a definition with these laid on it as a merge patch.</summary>
    /// <param name="definition">A JSON object.</param>
    public FieldReader Over(string definition) => new(MergePatch.Apply(definition, json), path, new FieldErrors());

    /// <summary>Call after the last field is read.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in FieldNames.Except([.. _known, .. _passedOver], StringComparer.Ordinal))
            Fail(name, $"There is no such field here. The fields are: {string.Join(", ", _known)}.");
    }

    public void Fail(string name, string message) => errors.Add(path + name, message);

    private static decimal? DecimalOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDecimal(out var number) => number,
        JsonValueKind.String => DecimalOf(TextOf(value)),
        _ => null,
    };

    private static decimal? DecimalOf(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private JsonElement? Take(string name)
    {
        if (!_known.Contains(name))
            _known.Add(name);
        return json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private T? Fail<T>(string name, string message)
    {
        Fail(name, message);
        return default;
    }
}
