using BudgetProxy.Core.Requests;

namespace BudgetProxy.Hosting;

/// <summary>The configuration in force, read and validated once at start.</summary>
public sealed record ProxyOptions
{
    /// <summary>Where SQLite keeps all state; made when it does not exist.</summary>
    public string DataDirectory { get; init; } = "./data";

    /// <summary>The bootstrap admin key; null = one is made at first start and printed once.</summary>
    public string? AdminKey { get; init; }

    /// <summary>True: a model without a rate is forwarded and recorded at cost 0. False: it is refused.</summary>
    public bool AllowUnpricedModels { get; init; }

    /// <summary>True: when the client is gone the answer is read to its end and charged exactly. False: the provider's stream is cut and what passed is charged.</summary>
    public bool DrainOnDisconnect { get; init; }

    /// <summary>How long a reservation may stay open before it expires and is charged as Presumed.</summary>
    public TimeSpan ReservationLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Largest request body in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>The providers; one that is not configured has its public base URL and no key.</summary>
    public IReadOnlyDictionary<Provider, ProviderOptions> Providers { get; init; } = ProviderOptions.Defaults;
}
