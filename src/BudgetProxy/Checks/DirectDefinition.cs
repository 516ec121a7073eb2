using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Checks;

/// <summary>What was asked to be reserved, priced: enough to ask for it again, and to price what was used at the same rate.</summary>
public sealed record DirectDefinition
{
    public required string Key { get; init; }

    public string? User { get; init; }

    public string? Project { get; init; }

    public string? Run { get; init; }

    /// <summary>Names and values in turn.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public required string Provider { get; init; }

    public required string Model { get; init; }

    /// <summary>Id of the rate row that priced it; null = its cost was given, or it is unpriced and allowed.</summary>
    public string? Rate { get; init; }

    public required Usage Worst { get; init; }

    /// <summary>Nano-dollars.</summary>
    public required long Amount { get; init; }

    public ServiceTier Tier { get; init; }

    public bool Regional { get; init; }

    /// <summary>Hundredths of a percent.</summary>
    public int Markup { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required long Seconds { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, DirectJson.Default.DirectDefinition);

    /// <exception cref="JsonException">It is no definition.</exception>
    public static DirectDefinition Parse(string json) => JsonSerializer.Deserialize(json, DirectJson.Default.DirectDefinition) ?? throw new JsonException("Empty.");

    public Caller ToCaller(string tenant) => new()
    {
        Tenant = tenant,
        Key = Key,
        User = User,
        Project = Project,
        Run = Run,
        Tags = [.. Tags.Chunk(2).Select(pair => new KeyValuePair<string, string>(pair[0], pair[1]))],
    };

    /// <summary>The provider that <see cref="Provider"/> names.</summary>
    public Provider ToProvider() => ProviderNames.TryParse(Provider, out var provider) ? provider : throw new FormatException($"There is no provider '{Provider}'.");

    /// <summary>The reservation that holds it, against these budgets of the tenant. It stands: no proxy's end charges it, only its own.</summary>
    public Reservation ToReservation(Guid id, string tenant, IReadOnlyList<Budget> budgets)
    {
        var caller = ToCaller(tenant) with { Prepaid = budgets.Any(budget => budget.OnlyPrepaid) };
        var provider = ToProvider();
        var holds = new List<Hold>(budgets.Count);
        BudgetMatcher.Match(budgets, caller, provider, Model, CallBounds.Strict(new NanoUsd(Amount), Worst.Total, Markup), holds);
        return new Reservation
        {
            Id = id,
            Caller = caller,
            Provider = provider,
            Api = ProviderApi.Direct,
            Model = Model,
            Rate = Rate,
            Amount = new NanoUsd(Amount),
            WorstUsage = Worst,
            Tier = Rate is null ? null : Tier,
            Regional = Rate is null ? null : Regional,
            MarkupBasisPoints = Markup,
            StartedAt = StartedAt,
            Lifetime = TimeSpan.FromSeconds(Seconds),
            Standing = true,
            Holds = holds,
        };
    }
}
