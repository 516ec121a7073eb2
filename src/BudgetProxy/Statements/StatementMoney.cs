using System.Globalization;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Statements;

/// <summary>Writes amounts of one statement with as many decimals as all of them need, so that a column can be added up by hand and comes out right.</summary>
public sealed class StatementMoney
{
    private const int MostPlaces = 9;
    private const int LeastPlaces = 2;

    private readonly string _format;

    /// <param name="amounts">All that will be written.</param>
    public StatementMoney(IEnumerable<NanoUsd> amounts)
    {
        var places = LeastPlaces;
        var unit = NanoUsd.PerUsd / 100;
        foreach (var amount in amounts)
        {
            while (places < MostPlaces && amount.Value % unit != 0)
            {
                places++;
                unit /= 10;
            }
        }

        _format = "#,0." + new string('0', places);
    }

    /// <summary>Such as <c>$1,234.5678</c>, or <c>−$0.0012</c>; exact.</summary>
    public string Of(NanoUsd amount) => Text(amount, _format);

    /// <summary>To the cent, half away from zero: for a headline beside which the exact sum stands.</summary>
    public static string Cents(NanoUsd amount) => Text(amount, "#,0.00");

    private static string Text(NanoUsd amount, string format)
    {
        var text = (Math.Abs((decimal)amount.Value) / NanoUsd.PerUsd).ToString(format, CultureInfo.InvariantCulture);
        return (amount.Value < 0 ? "−$" : "$") + text;
    }
}
