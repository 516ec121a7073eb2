using BudgetProxy.Admin;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Rates;

namespace BudgetProxy.Checks;

/// <summary>Read and quote: what the body asks for, whether the account may, and what it can cost. As a call, but for its body.</summary>
public sealed class DirectQuoter(RateTable rates, ProxyOptions options, TimeProvider clock)
{
    /// <summary>Longest life of a reservation, in seconds: a day.</summary>
    public const long MostSeconds = 86_400;

    /// <summary>What one booking or reservation may cost, in nano-dollars: far above any call, and far below what cents taken for dollars make of a year.</summary>
    public const long MostNanos = 100_000 * NanoUsd.PerUsd;

    private readonly ReportedLimits _limits = new(clock);

    /// <summary>What is to be reserved, or the refusal; exactly one of the two.</summary>
    internal (DirectDefinition? Definition, GatewayRefusal? Refusal) Quote(Call call, FieldReader fields)
    {
        var (provider, model) = ReadModel(fields, isNeeded: true);
        var use = DirectUse.Read(fields, isForecast: true, isNeeded: true);
        var caller = DirectCaller.Read(fields, call);
        var seconds = fields.Count("ttlSeconds", 1, MostSeconds);
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return (null, CheckRefusals.Invalid(fields.Errors));
        if (!CallQuoter.Allows(call, model!))
            return (null, Refusals.ModelNotAllowed(model!));
        if (Price(call, provider!.Value, model!, use, out var definition) is { } unpriced)
            return (null, unpriced);
        definition = definition! with
        {
            Key = caller.Key,
            User = caller.User,
            Project = caller.Project,
            Run = caller.Run,
            Tags = [.. caller.Tags.SelectMany(tag => new[] { tag.Key, tag.Value })],
            Seconds = seconds ?? Math.Max(1, (long)options.ReservationLifetime.TotalSeconds),
        };
        // What could not be settled is not reserved.
        if (definition.Amount > MostNanos)
            return (null, TooDear(fields, use, definition.Amount));
        var amount = new NanoUsd(definition.Amount);
        return (definition, CheckCeiling(call, amount) ?? (_limits.TryReserve(call.Tenant.Id, amount.WithMarkup(definition.Markup)) ? null : CheckRefusals.TooMuchReserved));
    }

    /// <summary>The same for a question that reserves nothing and may leave anything out: what is left out is the least that a call can be.</summary>
    internal (DirectDefinition? Definition, GatewayRefusal? Refusal, bool IsInvalid) Ask(Call call, FieldReader fields)
    {
        var (provider, model) = ReadModel(fields, isNeeded: fields.Has("inputTokens") || fields.Has("outputTokens"));
        var use = DirectUse.Read(fields, isForecast: true, isNeeded: false);
        var caller = DirectCaller.Read(fields, call);
        // So that the body of a reservation can be asked about as it is.
        fields.PassOver("ttlSeconds");
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return (null, CheckRefusals.Invalid(fields.Errors), true);
        if (use is { Cost: null, HasTokens: false })
            use = use with { Cost = new NanoUsd(1), Usage = use.Usage with { Output = 1 } };
        if (model is not null && !CallQuoter.Allows(call, model))
            return (null, Refusals.ModelNotAllowed(model), false);
        if (Price(call, provider ?? default, model ?? "", use, out var definition) is { } unpriced)
            return (null, unpriced, false);
        definition = definition! with
        {
            User = caller.User,
            Project = caller.Project,
            Run = caller.Run,
            Tags = [.. caller.Tags.SelectMany(tag => new[] { tag.Key, tag.Value })],
        };
        return (provider is null ? definition with { Provider = "" } : definition, CheckCeiling(call, new NanoUsd(definition.Amount)), false);
    }

    /// <summary>What was used of a reservation, priced at the rate that it was reserved at; the price list of its start where its cost was given then.</summary>
    internal (DirectSettlement? Settlement, GatewayRefusal? Refusal) Settle(Call call, DirectReservation reservation, FieldReader fields)
    {
        var use = DirectUse.Read(fields, isForecast: false, isNeeded: true);
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return (null, CheckRefusals.Invalid(fields.Errors));
        var asked = reservation.Definition;
        var table = rates.Current;
        var rate = asked.Rate is { } id ? table.Find(id)?.Rate : null;
        rate ??= table.Card.Find(asked.ToProvider(), asked.Model, asked.StartedAt, call.Tenant.Id);
        var (settlement, refusal) = Settled(use, rate, asked.Model, use.Tier ?? asked.Tier, use.Regional ?? asked.Regional);
        if (settlement is null)
            return (null, refusal);
        // What was reserved is not what a client could make up: a budget, or the limit of what is held, allowed it.
        var over = new NanoUsd(settlement.Cost).WithMarkup(asked.Markup) - new NanoUsd(asked.Amount).WithMarkup(asked.Markup);
        refusal = CheckReported(call, fields, use, settlement.Cost, over);
        return (refusal is null ? settlement : null, refusal);
    }

    /// <summary>Whether so much can be booked because a client says so.</summary>
    /// <param name="cost">Nano-dollars.</param>
    /// <param name="charged">Of it, what nothing was reserved for.</param>
    internal GatewayRefusal? CheckReported(Call call, FieldReader fields, DirectUse use, long cost, NanoUsd charged)
    {
        if (cost > MostNanos)
            return TooDear(fields, use, cost);
        return _limits.TryReport(call.Tenant.Id, charged) ? null : CheckRefusals.TooMuchReported;
    }

    private static GatewayRefusal TooDear(FieldReader fields, DirectUse use, long cost)
    {
        fields.Fail(
            use.Cost is null ? "inputTokens" : "costUsd",
            $"It comes to {new NanoUsd(cost)} USD, and one booking to {new NanoUsd(MostNanos).ToBalance()} at most: nobody could take a slip of the hand back. Book what is really so dear in parts.");
        return CheckRefusals.Invalid(fields.Errors);
    }

    /// <summary>What was used without a reservation, priced by the rates of its time.</summary>
    internal (DirectSettlement? Settlement, GatewayRefusal? Refusal) Book(Call call, Provider provider, string model, DirectUse use, DateTimeOffset at) => Settled(
        use, rates.Current.Card.Find(provider, model, at, call.Tenant.Id), model, use.Tier ?? ServiceTier.Standard, use.Regional ?? false);

    /// <summary>Reads <c>provider</c> and <c>model</c>.</summary>
    internal static (Provider? Provider, string? Model) ReadModel(FieldReader fields, bool isNeeded)
    {
        var (name, model) = isNeeded ? (fields.Required("provider"), fields.Required("model")) : (fields.Text("provider"), fields.Text("model"));
        if (name is null)
            return (null, model);
        if (ProviderNames.TryParse(name, out var provider))
            return (provider, model);
        fields.Fail("provider", $"Must be one of: {string.Join(", ", Enum.GetValues<Provider>().Select(known => known.Name()))}.");
        return (null, model);
    }

    private static GatewayRefusal? CheckCeiling(Call call, NanoUsd amount) =>
        call.Tenant.CeilingInForce is { } ceiling && amount > ceiling ? Refusals.TooExpensive(amount, ceiling) : null;

    private GatewayRefusal? Price(Call call, Provider provider, string model, DirectUse use, out DirectDefinition? definition)
    {
        var now = clock.GetUtcNow();
        var rate = use.Cost is null ? rates.Current.Card.Find(provider, model, now, call.Tenant.Id) : null;
        definition = null;
        if (use.Cost is null && rate?.Tokens is null && !options.AllowUnpricedModels)
            return Refusals.Unpriced(model);
        var (amount, worst) = rate?.Tokens is not null ? DirectPricing.Worst(rate, use) : (use.Cost ?? NanoUsd.Zero, use.Usage);
        definition = new DirectDefinition
        {
            Key = call.Key.Id,
            Provider = provider.Name(),
            Model = model,
            Rate = rate?.Tokens is null ? null : rate.Id,
            Worst = worst,
            Amount = amount.Value,
            Tier = use.Tier ?? ServiceTier.Standard,
            Regional = use.Regional ?? false,
            Markup = call.Tenant.MarkupBasisPoints,
            StartedAt = now,
            Seconds = 0,
        };
        return null;
    }

    private (DirectSettlement? Settlement, GatewayRefusal? Refusal) Settled(DirectUse use, Rate? rate, string model, ServiceTier tier, bool regional)
    {
        if (use.Cost is { } given)
            return (new DirectSettlement(use.Usage, given.Value, null, tier, regional), null);
        if (rate?.Tokens is not null)
            return (new DirectSettlement(use.Usage, DirectPricing.Actual(rate, use.Usage, tier, regional).Value, rate.Id, tier, regional), null);
        return options.AllowUnpricedModels ? (new DirectSettlement(use.Usage, 0, null, tier, regional), null) : (null, CheckRefusals.UnpricedUse(model));
    }
}
