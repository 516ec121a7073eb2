using System.Text.Json.Serialization;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Invoices;

/// <summary>What a provider billed beside what the ledger says: of a model on a day, of a model, or of all.</summary>
/// <param name="InvoiceUsd">What the provider billed.</param>
/// <param name="LedgerUsd">What the ledger says.</param>
/// <param name="DifferenceUsd">Ledger − invoice: below zero where the ledger has too little.</param>
/// <param name="DifferencePercent">Of the invoice, to four decimals; null where that is 0.</param>
public sealed record ComparedDocument(string InvoiceUsd, string LedgerUsd, string DifferenceUsd, decimal? DifferencePercent)
{
    /// <summary>Left out where it is of more than a day.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Day { get; init; }

    /// <summary>By the rate card's name; what is none of the card's stands in its own words, empty where the file does not say. Left out where it is of all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    /// <summary>False = the model is not on the rate card, so an invoice's words may not have met the ledger's. Left out where it is of all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Matched { get; init; }

    internal static ComparedDocument Of(ComparedLine line) => Sum([line]) with { Day = InvoiceDocument.Text(line.Day), Model = line.Model, Matched = line.IsKnown };

    internal static ComparedDocument Sum(IEnumerable<ComparedLine> lines)
    {
        NanoUsd invoiced = NanoUsd.Zero, booked = NanoUsd.Zero;
        foreach (var line in lines)
            (invoiced, booked) = (invoiced + line.Invoiced, booked + line.Booked);
        decimal? percent = invoiced.Value == 0 ? null : decimal.Round(100m * (booked.Value - invoiced.Value) / invoiced.Value, 4, MidpointRounding.ToEven);
        return new ComparedDocument(invoiced.ToString(), booked.ToString(), (booked - invoiced).ToString(), percent);
    }
}
