using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Hosting;
using BudgetProxy.Rates;
using BudgetProxy.Reservations;
using BudgetProxy.Runs;
using Microsoft.Extensions.ObjectPool;

namespace BudgetProxy.Gateway;

/// <summary>Read, count, quote: what the body asks for, and what it can cost at most.</summary>
public sealed class CallQuoter(RateTable rates, CallMemory memory, RunLimits runs, ProxyOptions options, TimeProvider clock)
{
    private readonly ObjectPool<ProviderRequest> _requests = new DefaultObjectPool<ProviderRequest>(new RequestPolicy());
    private readonly ObjectPool<Quote> _quotes = new DefaultObjectPool<Quote>(new DefaultPooledObjectPolicy<Quote>());

    /// <summary>Reads the whole body into the call's buffer, and looks up the limit of the run that it names; null = read.</summary>
    public async ValueTask<GatewayRefusal?> ReadAsync(Call call)
    {
        try
        {
            return await call.Body.ReadAsync(call.Context.Request, options.MaxBodyBytes, call.Context.RequestAborted)
                ? await FindRunAsync(call, CallAttribution.RunOf(call))
                : Refusals.TooLarge(options.MaxBodyBytes);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            // Broken chunks, a client too slow or gone: where there is somebody to answer, this is the answer.
            return Refusals.BrokenBody;
        }
    }

    /// <summary>Looks up the limit of a run, where it has one; null = a call of it may go on.</summary>
    /// <param name="run">Null = the call names none.</param>
    public async ValueTask<GatewayRefusal?> FindRunAsync(Call call, string? run)
    {
        if (run is null)
            return null;
        try
        {
            call.Run = await runs.FindAsync(call.Tenant, run, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            return options.AllowOnStoreOutage ? null : Refusals.StoreUnavailable;
        }

        return call.Run?.EndedAt is null ? null : Refusals.RunEnded(call.Run);
    }

    /// <summary>Fills in request, caller and quote; null = quoted.</summary>
    /// <param name="tier">The tier to price at instead of the one that the body names.</param>
    public GatewayRefusal? Quote(Call call, ServiceTier? tier = null)
    {
        var api = call.Route.Api!.Value;
        var body = call.Body.Span;
        call.Request = _requests.Get();
        call.Request.Allowances = options.Allowances.Of(api);
        if (!RequestReader.TryRead(api, body, call.Request, out var error))
            return Refusals.InvalidRequest(error);
        if (CallAttribution.Attribute(call, call.Request.User) is { } refusal)
            return refusal;

        var model = call.Request.Model;
        if (!Allows(call, model))
            return Refusals.ModelNotAllowed(model);

        call.Card = rates.Current.Card;
        call.PricedAt = clock.GetUtcNow();
        var rate = call.Card.Find(call.Route.Provider, model, call.PricedAt, call.Tenant.Id);
        if (rate is null)
        {
            if (!options.AllowUnpricedModels)
                return Refusals.Unpriced(model);
            call.Unpriced = true;
            rate = Unpriced(call.Route.Provider, model);
        }

        AddAccount(call);
        call.Request.ServiceTier = tier ?? call.Request.ServiceTier;
        // A beta may allow more output than the row knows of, so the caller's own limit is then taken at its word.
        call.Request.LimitMayExceedModel = call.Context.Request.Headers.ContainsKey("anthropic-beta");
        var input = InputEstimator.Estimate(api, call.Request, body, rate.Profile, memory.TextsOf(call));
        input = memory.Refine(call, rate, input);
        memory.Foretell(call, rate, input.Tokens);
        var quote = _quotes.Get();
        quote.Take(rate, call.Request, input, call.Expectation);
        call.Quote = quote;
        return null;
    }

    /// <summary>Gives the parsed request and the quote back, once nothing reads them any more.</summary>
    public void Return(Call call)
    {
        if (call.Request is { } request)
            _requests.Return(request);
        if (call.Quote is { } quote)
            _quotes.Return(quote);
    }

    /// <summary>Whether key and tenant may use a model.</summary>
    public static bool Allows(Call call, string model) => Allows(call.Key.AllowedModels, model) && Allows(call.Tenant.ModelsInForce, model);

    /// <summary>What the provider account adds to a call that does not say otherwise: the dearer tier, and a region.</summary>
    private void AddAccount(Call call)
    {
        var account = options.Providers[call.Route.Provider];
        if (account.DefaultsToFast && !call.Request.TierNamed)
            call.Request.ServiceTier = ServiceTier.Fast;
        call.Request.Regional |= account.IsRegional && !call.Request.RegionNamed;
    }

    /// <summary>A row at price zero for a model that nobody priced: its tokens are still counted, at twice what a stand-in gives.</summary>
    internal static Rate Unpriced(Provider provider, string model) => new()
    {
        Provider = provider,
        Model = model,
        EffectiveFrom = DateTimeOffset.UnixEpoch,
        Profile = ModelProfile.Unknown,
        Tokens = new PriceList { Standard = new TokenPrices { Input = 0, Output = 0 } },
    };

    private static bool Allows(IReadOnlyList<string> patterns, string model)
    {
        if (patterns.Count == 0)
            return true;
        for (var i = 0; i < patterns.Count; i++)
        {
            if (Wildcard.IsMatch(patterns[i], model))
                return true;
        }

        return false;
    }

    private sealed class RequestPolicy : PooledObjectPolicy<ProviderRequest>
    {
        public override ProviderRequest Create() => new();

        public override bool Return(ProviderRequest obj)
        {
            obj.Reset();
            // A body of a million parts must not keep its lists for ever.
            return obj.Content.Capacity <= 4096 && obj.Images.Capacity <= 1024;
        }
    }
}
