using System.Text;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Invoices;

/// <summary>
/// Finds the model that an item of an invoice, or of the ledger, means: the one whose row on the rate card has that id or alias. Tried in this order: the text as it
/// is; in lower case with hyphens for blanks; of Anthropic also with hyphens for points (<c>Claude Haiku 4.5</c> is <c>claude-haiku-4-5</c>), and with the version
/// before the family, plain and as its <c>-latest</c> (<c>Claude Haiku 3.5</c> is <c>claude-3-5-haiku-latest</c>), as older ids are made. Each provider and text is looked up once.
/// </summary>
/// <param name="at">Names are of this instant; a model that has no row yet then is looked up again at the item's own day.</param>
internal sealed class InvoiceModels(RateCard card, Provider provider, DateTimeOffset at)
{
    /// <summary>The row that stands for any model says nothing of one.</summary>
    private const string AnyModel = "*";

    private readonly Dictionary<string, string?> _known = new(StringComparer.Ordinal);

    /// <summary>Null = it is no model of the card.</summary>
    public string? Find(string item, DateOnly day)
    {
        if (item.Length == 0)
            return null;
        if (!_known.TryGetValue(item, out var model))
            _known[item] = model = NamesOf(item).Select(name => Find(name, at) ?? Find(name, EndOf(day))).FirstOrDefault(found => found is not null);
        return model;
    }

    private string? Find(string name, DateTimeOffset instant) => card.Find(provider, name, instant)?.Model is { } model && model != AnyModel ? model : null;

    private IEnumerable<string> NamesOf(string item)
    {
        yield return item;
        var name = item.ToLowerInvariant().Replace(' ', '-');
        yield return name;
        if (provider != Provider.Anthropic)
            yield break;
        name = name.Replace('.', '-');
        yield return name;
        if (VersionFirst(name) is not { } older)
            yield break;
        yield return older;
        yield return older + "-latest";
    }

    /// <summary><c>claude-haiku-3-5</c> as <c>claude-3-5-haiku</c>; null where it has not that form.</summary>
    private static string? VersionFirst(string name)
    {
        var parts = name.Split('-');
        if (parts.Length < 3 || parts[0] != "claude" || char.IsAsciiDigit(parts[1].FirstOrDefault()))
            return null;
        var turned = new StringBuilder("claude");
        foreach (var part in parts.Skip(2).Append(parts[1]))
            turned.Append('-').Append(part);
        return turned.ToString();
    }

    private static DateTimeOffset EndOf(DateOnly day) => new(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
