using System.Globalization;

namespace BudgetProxy.Stripe;

/// <summary>Makes or checks a meter with its product and price. What is there and not as it must be is told, and never changed: Stripe lets nothing of it be changed.</summary>
internal sealed class SetupCatalog(StripeClient client, PatientStripe patient, bool isPlan, List<SetupStep> steps)
{
    /// <param name="meters">All that the account has.</param>
    public async Task RunAsync(MeterPlan plan, IReadOnlyList<StripeMeter> meters, CancellationToken cancellationToken)
    {
        var meter = await MeterAsync(plan, meters, cancellationToken);
        if (plan.UnitCents is { } cents && !steps[^1].IsWrong)
            await PriceAsync(plan, cents, meter?.Id, cancellationToken);
    }

    private async Task<StripeMeter?> MeterAsync(MeterPlan plan, IReadOnlyList<StripeMeter> meters, CancellationToken cancellationToken)
    {
        var named = meters.Where(one => one.EventName == plan.EventName).ToList();
        if (named.Find(one => one.IsActive) is { } meter)
        {
            Add("meter", plan.EventName, meter.Id, DifferencesOf(meter), "A meter can't be changed: take another event name in the proxy's settings, or deactivate this one at Stripe and let the setup make it anew.");
            return meter;
        }

        if (named.Count > 0)
        {
            Add("meter", plan.EventName, named[0].Id, ["it is deactivated"], "Reactivate it at Stripe, or take another event name in the proxy's settings.");
            return null;
        }

        if (isPlan)
        {
            steps.Add(new SetupStep("meter", plan.EventName, SetupOutcome.Create, null));
            return null;
        }

        var key = patient.NewKey("meter", plan.EventName);
        var (reply, made) = await patient.AskAsync(() => client.CreateMeterAsync(plan.EventName, plan.DisplayName, key, cancellationToken), cancellationToken);
        Made("meter", plan.EventName, made?.Id, reply);
        return made;
    }

    private async Task PriceAsync(MeterPlan plan, decimal cents, string? meter, CancellationToken cancellationToken)
    {
        var (reply, prices) = await patient.AskAsync(() => client.PricesAsync(plan.EventName, cancellationToken), cancellationToken);
        if (prices is null)
        {
            Made("price", plan.EventName, null, reply);
            return;
        }

        if (prices.Count > 0)
        {
            var price = prices[0];
            await CheckProductAsync(price.Product, cancellationToken);
            Add("price", plan.EventName, price.Id, DifferencesOf(price, cents, meter), "A price can't be changed: take the lookup key from it at Stripe, let the setup make a new one, and move subscriptions to that.");
            return;
        }

        if (!await ProductAsync(plan, cancellationToken))
            return;
        if (isPlan)
        {
            steps.Add(new SetupStep("price", plan.EventName, SetupOutcome.Create, null, $"{Text(cents)} US cents for one, monthly"));
            return;
        }

        var key = patient.NewKey("price", plan.EventName);
        var (answer, made) = await patient.AskAsync(() => client.CreatePriceAsync(plan.EventName, plan.ProductId, meter!, cents, key, cancellationToken), cancellationToken);
        Made("price", plan.EventName, made?.Id, answer, $"{Text(cents)} US cents for one, monthly");
    }

    /// <returns>False = no price can be made of it.</returns>
    private async Task<bool> ProductAsync(MeterPlan plan, CancellationToken cancellationToken)
    {
        var (reply, product) = await patient.AskAsync(() => client.ProductAsync(plan.ProductId, cancellationToken), cancellationToken);
        if (product is not null)
        {
            Add("product", plan.ProductId, product.Id, product.IsActive ? [] : ["it is archived"], "Restore it at Stripe.");
            return product.IsActive;
        }

        if (reply.Status != StatusCodes.Status404NotFound)
        {
            Made("product", plan.ProductId, null, reply);
            return false;
        }

        if (isPlan)
        {
            steps.Add(new SetupStep("product", plan.ProductId, SetupOutcome.Create, null));
            return true;
        }

        var key = patient.NewKey("product", plan.ProductId);
        var (answer, made) = await patient.AskAsync(() => client.CreateProductAsync(plan.ProductId, plan.ProductName, key, cancellationToken), cancellationToken);
        Made("product", plan.ProductId, made?.Id, answer);
        return made is not null;
    }

    private async Task CheckProductAsync(string id, CancellationToken cancellationToken)
    {
        var (reply, product) = await patient.AskAsync(() => client.ProductAsync(id, cancellationToken), cancellationToken);
        if (product is null)
            Made("product", id, null, reply);
        else
            Add("product", id, product.Id, product.IsActive ? [] : ["it is archived"], "Restore it at Stripe.");
    }

    internal static List<string> DifferencesOf(StripeMeter meter)
    {
        var differences = new List<string>();
        if (meter.Formula != "sum")
            differences.Add($"its formula is {meter.Formula}, not sum");
        if (meter.CustomerKey != StripeClient.CustomerPayloadKey)
            differences.Add($"it finds the customer by {(meter.CustomerKey is { } key ? $"payload[{key}]" : "no id")}, not by payload[{StripeClient.CustomerPayloadKey}]");
        if (meter.ValueKey != StripeClient.ValuePayloadKey)
            differences.Add($"it takes the value from payload[{meter.ValueKey}], not from payload[{StripeClient.ValuePayloadKey}]");
        if (meter.EventTimeWindow is { } window)
            differences.Add($"it counts only the last event of each {window}");
        return differences;
    }

    private static List<string> DifferencesOf(StripePrice price, decimal cents, string? meter)
    {
        var differences = new List<string>();
        if (!price.IsActive)
            differences.Add("it is archived");
        if (price.Currency != "usd")
            differences.Add($"its currency is {price.Currency}, not usd");
        if (price.Scheme != "per_unit" || price.UnitCents is null)
            differences.Add("it has tiers");
        else if (price.UnitCents != cents)
            differences.Add($"it asks {Text(price.UnitCents.Value)} US cents for one, not {Text(cents)}");
        if (price is not { Interval: "month", IntervalCount: 1 })
            differences.Add("it is not monthly");
        if (price.UsageType != "metered" || price.Meter is null || price.Meter != meter)
            differences.Add($"it bills by {price.Meter ?? "no meter"}, not by {meter ?? "the meter that is still to be made"}");
        return differences;
    }

    private static string Text(decimal cents) => cents.ToString("0.############", CultureInfo.InvariantCulture);

    private void Add(string kind, string name, string id, List<string> differences, string advice) => steps.Add(differences.Count == 0
        ? new SetupStep(kind, name, SetupOutcome.Kept, id)
        : new SetupStep(kind, name, SetupOutcome.Differs, id, $"{string.Join("; ", differences)}. {advice}"));

    private void Made(string kind, string name, string? id, StripeReply reply, string? detail = null) => steps.Add(id is not null
        ? new SetupStep(kind, name, SetupOutcome.Created, id, detail)
        : new SetupStep(kind, name, SetupOutcome.Failed, null, reply.Message));
}
