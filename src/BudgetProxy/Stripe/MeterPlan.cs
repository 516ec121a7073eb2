namespace BudgetProxy.Stripe;

/// <summary>A meter as it should be, with its product and price.</summary>
/// <param name="EventName">Also the price's lookup key.</param>
/// <param name="Unit">What is counted, for the names at Stripe.</param>
/// <param name="UnitCents">US cents for one; null = no price is looked after.</param>
internal sealed record MeterPlan(string EventName, string Unit, decimal? UnitCents)
{
    private const int MostIdChars = 40;

    public string DisplayName => $"BudgetProxy usage ({Unit})";

    public string ProductName => $"LLM usage ({Unit})";

    /// <summary>Our own, so that the product is found again: of the event name, as far as Stripe's ids may have its characters.</summary>
    public string ProductId => $"bp_{string.Concat(EventName.Take(MostIdChars).Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_'))}"
        + (EventName.Length > MostIdChars || !EventName.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
            ? "_" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(EventName)).AsSpan(0, 6))
            : "");
}
