using System.Globalization;
using System.Text;

namespace BudgetProxy.Stripe;

/// <summary>
/// A form as Stripe reads it, for bodies and queries: <c>map[key]=value</c> for maps, <c>list[0]=value</c> for lists, an empty list as <c>list=</c>, keys
/// and values percent-encoded as UTF-8, numbers without culture, instants as Unix seconds, and nothing for what is null. Not safe for concurrent use.
/// </summary>
public sealed class StripeForm
{
    private readonly StringBuilder _text = new();

    public StripeForm Add(string name, string? value)
    {
        if (value is not null)
            Append(Escape(name), value);
        return this;
    }

    public StripeForm Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>As short as it can be: <c>0.0001</c>, never <c>1E-4</c>.</summary>
    public StripeForm Add(string name, decimal? value) => Add(name, value?.ToString("0.############################", CultureInfo.InvariantCulture));

    public StripeForm Add(string name, bool? value) => Add(name, value is { } given ? (given ? "true" : "false") : null);

    /// <summary>Whole seconds; a fraction is cut.</summary>
    public StripeForm Add(string name, DateTimeOffset? value) => Add(name, value?.ToUnixTimeSeconds());

    /// <summary>One entry of a map.</summary>
    public StripeForm Add(string map, string key, string? value)
    {
        if (value is not null)
            Append($"{Escape(map)}[{Escape(key)}]", value);
        return this;
    }

    public StripeForm Add(string list, IReadOnlyList<string>? values)
    {
        if (values is null)
            return this;
        if (values.Count == 0)
            Append(Escape(list), "");
        for (var i = 0; i < values.Count; i++)
            Append($"{Escape(list)}[{i.ToString(CultureInfo.InvariantCulture)}]", values[i]);
        return this;
    }

    /// <summary>The whole of it, in the order in which it was added.</summary>
    public override string ToString() => _text.ToString();

    private void Append(string escapedName, string value)
    {
        if (_text.Length > 0)
            _text.Append('&');
        _text.Append(escapedName).Append('=').Append(Escape(value));
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
