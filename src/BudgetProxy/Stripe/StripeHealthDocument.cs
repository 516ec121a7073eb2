namespace BudgetProxy.Stripe;

/// <summary>How the way to Stripe is.</summary>
/// <param name="Mode"><c>live</c>, <c>test</c> or <c>unknown</c>, by the key.</param>
/// <param name="Restricted">True: the key is a restricted one.</param>
/// <param name="Credential"><c>ok</c>, <c>refused</c>, <c>unreachable</c> or <c>unknown</c>.</param>
/// <param name="ClockSkewMs">Stripe's clock − this proxy's, to about a second; null = not known.</param>
public sealed record StripeHealthDocument(
    string Mode, bool Restricted, string BaseUrl, string Credential, string Detail, long? ClockSkewMs, IReadOnlyList<StripeMeterHealthDocument> Meters);
