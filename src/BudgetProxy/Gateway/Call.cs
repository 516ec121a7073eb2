using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Reservations;
using BudgetProxy.Runs;
using BudgetProxy.Tenants;

namespace BudgetProxy.Gateway;

/// <summary>
/// One call on its way through <see cref="RequestFlow"/>. Each stage fills in its own noun and reads only earlier ones; nothing here is
/// shared between calls.
/// </summary>
public sealed class Call(HttpContext context, ProviderRoute route, Guid id, DateTimeOffset startedAt) : IDisposable
{
    public HttpContext Context => context;

    public ProviderRoute Route => route;

    /// <summary>UUIDv7: the request id, the reservation's id and the ledger entry's id.</summary>
    public Guid Id => id;

    public DateTimeOffset StartedAt => startedAt;

    // Identify
    public VirtualKey Key { get; set; } = null!;

    public Tenant Tenant { get; set; } = null!;

    /// <summary>The directory that named them.</summary>
    public DirectorySnapshot? Directory { get; set; }

    // Read
    public BodyBuffer Body { get; } = new();

    /// <summary>The run that the call names, where that has a limit of its own.</summary>
    public Run? Run { get; set; }

    public ProviderRequest Request { get; set; } = null!;

    public Caller Caller { get; set; } = null!;

    // Quote

    /// <summary>The rates that price this call from its quote to its settlement, whatever is added meanwhile.</summary>
    public RateCard Card { get; set; } = null!;

    /// <summary>The instant whose rates hold for it.</summary>
    public DateTimeOffset PricedAt { get; set; }

    public Quote Quote { get; set; } = null!;

    /// <summary>What the quote expects beyond the count.</summary>
    public Expectation Expectation { get; set; } = Expectation.Unknown;

    /// <summary>True once the provider's own count was asked for: never twice.</summary>
    public bool CountAsked { get; set; }

    /// <summary>True when the output that passes is not all that is billed.</summary>
    public bool ReasonsOutOfSight => Request.HiddenReasoning || Quote.Rate.Profile.Reasoning;

    /// <summary>True when the model has no rate and is allowed all the same: recorded at cost 0.</summary>
    public bool Unpriced { get; set; }

    /// <summary>The output limit that a budget had it lowered to; null = it goes out with its own.</summary>
    public long? ClampedTo { get; set; }

    /// <summary>How often that was tried.</summary>
    public int ClampTries { get; set; }

    // Reserve
    public Reservation? Reservation { get; set; }

    public ReserveOutcome Outcome { get; set; }

    /// <summary>What was reserved: the worst case, or what a budget that admits by expectation holds of it.</summary>
    public NanoUsd Reserved => Reservation?.Reserved ?? Quote.Worst;

    public void Dispose() => Body.Dispose();
}
