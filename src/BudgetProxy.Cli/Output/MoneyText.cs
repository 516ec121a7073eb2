using System.Globalization;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Cli.Output;

/// <summary>Amounts for people: no more decimals than tell them apart from nothing, the same number of them down a column. Exact figures are in <c>--json</c>.</summary>
internal static class MoneyText
{
    private const int Cents = 2;
    private const int Most = 9;

    /// <summary>Decimals that an amount needs: cents from a dollar on, two more for each hundredth of it, all nine below a millionth.</summary>
    public static int Decimals(NanoUsd amount)
    {
        var nanos = Int128.Abs(amount.Value);
        const long Cent = NanoUsd.PerUsd / 100;
        if (nanos >= NanoUsd.PerUsd || nanos % Cent == 0)
            return Cents;
        return nanos >= Cent || nanos % (Cent / 100) == 0 ? 4 : nanos >= 1_000 ? 6 : Most;
    }

    /// <summary>The amount with a dollar sign, rounded half-even to so many decimals.</summary>
    public static string Of(NanoUsd amount, int decimals)
    {
        var usd = decimal.Round((decimal)amount.Value / NanoUsd.PerUsd, decimals, MidpointRounding.ToEven);
        return (amount < NanoUsd.Zero ? "-$" : "$") + decimal.Abs(usd).ToString("#,##0." + new string('0', decimals), CultureInfo.InvariantCulture);
    }

    public static string Of(NanoUsd amount) => Of(amount, Decimals(amount));
}
