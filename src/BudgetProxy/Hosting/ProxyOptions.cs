using System.Net;
using BudgetProxy.Alerts;
using BudgetProxy.Core.Requests;
using BudgetProxy.Stripe;

namespace BudgetProxy.Hosting;

/// <summary>The configuration in force, read and validated once at start.</summary>
public sealed record ProxyOptions
{
    /// <summary>Where SQLite keeps all state, or in the distributed mode the spool; made when it does not exist.</summary>
    public string DataDirectory { get; init; } = "./data";

    /// <summary>Where Redis is, as StackExchange.Redis reads it; null = embedded. May hold a password.</summary>
    public string? Redis { get; init; }

    /// <summary>Where Postgres is, as Npgsql reads it; null = embedded. May hold a password.</summary>
    public string? Postgres { get; init; }

    /// <summary>True: Redis holds the counters and Postgres the ledger, for any number of proxies. False: SQLite holds both for this one.</summary>
    public bool IsDistributed => Redis is not null;

    /// <summary>The bootstrap admin key; null = one is made at first start and printed once.</summary>
    public string? AdminKey { get; init; }

    /// <summary>Reverse proxies whose <c>X-Forwarded-For</c> says who asks; empty = none is believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>A YAML file of tenants, plans, keys and budgets that is applied at start and on change; null = none.</summary>
    public string? DirectoryFile { get; init; }

    /// <summary>True: what the directory has and that file lacks is deleted.</summary>
    public bool DirectoryFilePrune { get; init; }

    /// <summary>
    /// True: a call is forwarded while the store can't be reached, and its spend is spooled and booked later. False: it is refused. Never true
    /// when embedded.
    /// </summary>
    public bool AllowOnStoreOutage { get; init; }

    /// <summary>True: a model without a rate is forwarded and recorded at cost 0. False: it is refused.</summary>
    public bool AllowUnpricedModels { get; init; }

    /// <summary>True: when the client is gone the answer is read to its end and charged exactly. False: the provider's stream is cut and what passed is charged.</summary>
    public bool DrainOnDisconnect { get; init; }

    /// <summary>True: before a call is refused for what its input may come to, the provider's own counter is asked, where it has one.</summary>
    public bool AskProviderCount { get; init; }

    /// <summary>How long that may take; 50 ms to 30 s.</summary>
    public TimeSpan CountDeadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a reservation may stay open before it expires and is charged as Presumed.</summary>
    public TimeSpan ReservationLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one call to Redis may take; 10 ms to 10 s.</summary>
    public TimeSpan StoreDeadline { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long, once told to stop, the proxy takes new calls while it says that it is not ready; 0 to 1 minute.</summary>
    public TimeSpan StopDelay { get; init; }

    /// <summary>How long, after <see cref="StopDelay"/>, calls in flight may finish; 1 s to 1 hour. What is left then is cut and settled.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Largest request body in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Largest batch, as a file or as a body, in bytes.</summary>
    public long MaxBatchBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How often the provider is asked how an open batch stands; 100 ms to 1 hour.</summary>
    public TimeSpan BatchPollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a batch may go without an end that can be read; 1 minute to 6 days. What is not settled then is charged as Presumed.</summary>
    public TimeSpan BatchLifetime { get; init; } = TimeSpan.FromHours(72);

    /// <summary>How alerts are found, told and kept.</summary>
    public AlertOptions Alerts { get; init; } = new();

    /// <summary>How usage gets to Stripe; null = it does not.</summary>
    public StripeOptions? Stripe { get; init; }

    /// <summary>What becomes of what can't be seen in a body, by route.</summary>
    public RouteAllowances Allowances { get; init; } = RouteAllowances.Default;

    /// <summary>The providers; one that is not configured has its public base URL and no key.</summary>
    public IReadOnlyDictionary<Provider, ProviderOptions> Providers { get; init; } = ProviderOptions.Defaults;

    /// <summary>Keeps keys and connection strings out of logs and error texts.</summary>
    public override string ToString() => IsDistributed ? "distributed" : $"embedded in {DataDirectory}";
}
