using System.Text.Json;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Checks;

/// <summary>What the client says that it used, priced.</summary>
/// <param name="Cost">Nano-dollars.</param>
/// <param name="Rate">Id of the rate row that priced it; null = the cost was given, or no row prices the model and that is allowed.</param>
public sealed record DirectSettlement(Usage Usage, long Cost, string? Rate, ServiceTier Tier, bool Regional)
{
    /// <summary>The answer of a provider that billed: nobody settles what was not.</summary>
    public const int Status = StatusCodes.Status200OK;

    public string ToJson() => JsonSerializer.Serialize(this, DirectJson.Default.DirectSettlement);

    /// <exception cref="JsonException">It is no settlement.</exception>
    public static DirectSettlement Parse(string json) => JsonSerializer.Deserialize(json, DirectJson.Default.DirectSettlement) ?? throw new JsonException("Empty.");

    public Settlement ToSettlement() => new(
        Usage, UsageBasis.Reported, new NanoUsd(Cost), Rate, null, Status, Rate is null ? null : Tier, Rate is null ? null : Regional);
}
