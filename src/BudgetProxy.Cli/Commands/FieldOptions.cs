using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace BudgetProxy.Cli.Commands;

/// <summary>Options that each set one field of a definition. A field whose option is not given stays as it is; an empty text takes it away.</summary>
internal sealed class FieldOptions
{
    private readonly List<FieldOption> _all = [];

    public IEnumerable<Option> Options => _all.Select(one => one.Option);

    public FieldOptions Text(string name, string field, string description, string helpName) =>
        Add(new Option<string?>(name) { Description = description, HelpName = helpName }, field, text => text);

    /// <summary>USD as a decimal string; a dollar sign and underscores may stand in it.</summary>
    public FieldOptions Usd(string name, string field, string description) =>
        Add(new Option<string?>(name) { Description = description, HelpName = "5.00" }, field, text => QuantityText.Usd(text));

    public FieldOptions Number(string name, string field, string description, string helpName) =>
        Add(new Option<string?>(name) { Description = description, HelpName = helpName }, field, text => NumberOf(name, text));

    public FieldOptions Count(string name, string field, string description)
    {
        var option = new Option<long?>(name) { Description = description, HelpName = "n", CustomParser = QuantityText.Count };
        _all.Add(new FieldOption(option, field, parsed => JsonValue.Create(parsed.GetValue(option)), Field(field)));
        return this;
    }

    public FieldOptions Flag(string name, string field, string description)
    {
        var option = new Option<bool?>(name) { Description = description, HelpName = "true|false" };
        _all.Add(new FieldOption(option, field, parsed => JsonValue.Create(parsed.GetValue(option) ?? true), Field(field)));
        return this;
    }

    /// <summary>Texts separated by commas; empty = none.</summary>
    public FieldOptions List(string name, string field, string description, string helpName) =>
        Add(new Option<string?>(name) { Description = description, HelpName = helpName }, field, text => ListOf(text, part => JsonValue.Create(part)));

    /// <summary>Numbers separated by commas; empty = none.</summary>
    public FieldOptions Numbers(string name, string field, string description, string helpName) =>
        Add(new Option<string?>(name) { Description = description, HelpName = helpName }, field, text => ListOf(text, part => NumberOf(name, part)));

    public FieldOptions Choice(string name, string field, string description, params string[] choices)
    {
        var option = new Option<string?>(name) { Description = description };
        option.AcceptOnlyFromAmong(choices);
        return Add(option, field, text => text);
    }

    /// <summary>A point in time, or how far it is from now.</summary>
    public FieldOptions Instant(string name, string field, string description) =>
        Add(new Option<string?>(name) { Description = description, HelpName = "90d|2026-12-31" }, field, text => QuantityText.FromNow(name, text));

    /// <summary>An option that is written in a way of its own.</summary>
    public FieldOptions Add(Option<string?> option, string field, Func<string, JsonNode?> value, Action<JsonObject, JsonNode?>? write = null)
    {
        _all.Add(new FieldOption(option, field, parsed => parsed.GetValue(option) is { Length: > 0 } text ? value(text) : null, write ?? Field(field)));
        return this;
    }

    public FieldOptions Add(FieldOption option)
    {
        _all.Add(option);
        return this;
    }

    /// <summary>Writes the fields whose options were given.</summary>
    /// <returns>False where none was.</returns>
    public bool Apply(ParseResult parsed, JsonObject body)
    {
        var given = _all.Where(field => parsed.GetResult(field.Option) is { Implicit: false }).ToList();
        foreach (var field in given)
            field.Write(body, field.Read(parsed));
        return given.Count > 0;
    }

    /// <summary>The option of a field as the API names it: <c>limit.usd</c>, <c>allowedModels[2]</c>.</summary>
    public string? FlagOf(string field)
    {
        var bare = field.Split('[')[0];
        var found = _all.Where(option => option.Field == bare || option.Field.StartsWith(bare + ".", StringComparison.Ordinal) || bare.StartsWith(option.Field + ".", StringComparison.Ordinal)).ToList();
        return found.Count == 0 ? null : string.Join(", ", found.Select(option => option.Option.Name).Distinct());
    }

    private static Action<JsonObject, JsonNode?> Field(string field) => (body, value) => body[field] = value;

    private static JsonArray ListOf(string text, Func<string, JsonNode?> item) =>
        new([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(item)]);

    private static JsonValue NumberOf(string name, string text) =>
        decimal.TryParse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? JsonValue.Create(number)
            : throw CommandException.Misuse($"{name}: '{text}' is not a number.");
}
