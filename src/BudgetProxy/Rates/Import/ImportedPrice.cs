using System.Globalization;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Rates.Import;

/// <summary>One figure that an import changes.</summary>
/// <param name="Name"><c>standard.input</c>, <c>long.batch.output</c>, <c>toolCall</c>, …</param>
/// <param name="Old">Nano-dollars for a million tokens or for one call; null = the row has none.</param>
/// <param name="New">Likewise.</param>
/// <param name="Warning">Why to look twice; null = nothing.</param>
public sealed record ImportedPrice(string Name, long? Old, long? New, string? Warning)
{
    /// <summary>The name of the input tokens above which a row's prices for long requests hold.</summary>
    public const string Threshold = "longContextThreshold";

    /// <summary>The name of the regional surcharge, 100 = none.</summary>
    public const string Percent = "regionalPercent";

    /// <summary>A change by more than this factor, either way, is a warning.</summary>
    public const int WarnFactor = 3;

    /// <summary>New ÷ old; null = there is no such ratio.</summary>
    public decimal? Ratio => Old is > 0 && New is { } now ? decimal.Round((decimal)now / Old.Value, 4) : null;

    /// <summary>False for what is no money: a threshold in tokens, a percentage.</summary>
    public bool IsMoney => Name is not (Threshold or Percent);

    public static ImportedPrice Of(string name, long? old, long? now) => new(name, old, now, WarningOf(old, now));

    /// <summary>A figure as previews show it: USD, or a plain number.</summary>
    public string? Text(long? figure) => figure is not { } known ? null
        : IsMoney ? new NanoUsd(known).ToBalance()
        : known.ToString(CultureInfo.InvariantCulture);

    private static string? WarningOf(long? old, long? now) => (old, now) switch
    {
        ( > 0, 0) => "becomes free",
        (0, > 0) => "was free",
        ( > 0, > 0) when (Int128)now > (Int128)old * WarnFactor => $"more than {WarnFactor} times as dear",
        ( > 0, > 0) when (Int128)now * WarnFactor < old => "less than a third of the price",
        _ => null,
    };
}
