using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Alerts;

/// <summary>
/// Makes alerts with their payloads: <c>{type, timestamp, id, data}</c>, the form that Standard Webhooks recommends. Money is a decimal string in USD. No
/// payload holds a key, a prompt or an answer; what callers chose freely (a user, a model) stands in its own field.
/// </summary>
public sealed class AlertBodies(TimeProvider clock)
{
    private const int MostSummaryChars = 300;

    /// <summary>It is sent as JSON and never stands in HTML, so quotes and letters of any language stay as they are.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly AlertIds _ids = new();

    /// <summary>A counter came to a share of its limit.</summary>
    /// <param name="limit">What holds in the present window, by the budget's kind.</param>
    /// <param name="percent">The share.</param>
    public Alert Threshold(BudgetState state, long limit, int percent)
    {
        var budget = state.Budget;
        var whose = state.ScopeValue.Length == 0 ? "" : $" for {budget.Per?.Name(budget.PerTag)} '{state.ScopeValue}'";
        var summary = $"{budget.Tenant}: the budget '{budget.Name}'{whose} has come to {percent} % of its limit: "
            + $"{Text(budget.LimitKind, state.Spent)} of {Text(budget.LimitKind, limit)} spent"
            + (state.ResetsAt is { } end && budget.Window.Kind != WindowKind.Rolling ? $", until {Text(end)}." : ".");
        return Make(AlertKinds.BudgetThreshold, budget.Tenant, summary, json =>
        {
            json.WriteString("budget", budget.Name);
            WriteText(json, "per", budget.Per?.Name(budget.PerTag));
            WriteText(json, "value", budget.Per is null ? null : state.ScopeValue);
            json.WriteString("unit", budget.LimitKind.Name());
            json.WriteNumber("threshold", percent / 100m);
            json.WriteNumber("share", decimal.Round((decimal)state.Spent / limit, 4));
            Write(json, "limit", budget.LimitKind, limit);
            Write(json, "spent", budget.LimitKind, state.Spent);
            Write(json, "held", budget.LimitKind, state.Held);
            Write(json, "remaining", budget.LimitKind, limit - state.Spent - state.Held);
            json.WriteString("window", budget.Window.ToString());
            json.WriteString("mode", budget.Mode.ToString().ToLowerInvariant());
            WriteText(json, "resetsAt", state.ResetsAt is { } at ? Text(at) : null);
        });
    }

    public Alert Burst(RefusalBurst burst)
    {
        var who = burst.Tenant ?? "Callers without a valid key";
        return Make(AlertKinds.RefusalBurst, burst.Tenant, $"{who}: {burst.Count} calls refused within a minute with {burst.Code}; usual are {burst.Usual}.", json =>
        {
            json.WriteString("code", burst.Code);
            json.WriteNumber("refusalsInMinute", burst.Count);
            json.WriteNumber("usualInMinute", burst.Usual);
        });
    }

    /// <param name="spent">In the last <paramref name="minutes"/>.</param>
    /// <param name="peak">The most in as many minutes of the days before.</param>
    public Alert Velocity(string tenant, int minutes, NanoUsd spent, NanoUsd peak) => Make(
        AlertKinds.SpendVelocity, tenant,
        $"{tenant}: ${spent.ToBalance()} spent in {minutes} minutes; the most in any {minutes} minutes of the last 7 days was ${peak.ToBalance()}.", json =>
        {
            json.WriteNumber("minutes", minutes);
            json.WriteString("spentUsd", spent.ToBalance());
            json.WriteString("peakUsd", peak.ToBalance());
        });

    public Alert Unpriced(UnpricedModel model) => Make(
        AlertKinds.ModelUnpriced, model.Tenant,
        $"{model.Tenant}: no rate is known for the model '{model.Model}' of {model.Provider}; the call was "
        + (model.Refused ? "refused." : "forwarded and recorded at cost 0."),
        json =>
        {
            json.WriteString("provider", model.Provider);
            json.WriteString("model", model.Model);
            json.WriteBoolean("refused", model.Refused);
        });

    /// <param name="store">What can't be used: <c>counters</c> or <c>database</c>.</param>
    /// <param name="proxy">Which proxy found it.</param>
    public Alert Outage(string store, string proxy, DateTimeOffset since, string error) => Make(
        AlertKinds.StoreOutage, null, $"The proxy {proxy} has not been able to use its {store} since {Text(since)}: {error}", json =>
        {
            json.WriteString("store", store);
            json.WriteString("proxy", proxy);
            json.WriteString("since", Text(since));
            json.WriteString("error", error);
        });

    public Alert Recovered(string store, string proxy, DateTimeOffset since)
    {
        var seconds = (long)(clock.GetUtcNow() - since).TotalSeconds;
        return Make(AlertKinds.StoreRecovered, null, $"The proxy {proxy} can use its {store} again, after {seconds} s.", json =>
        {
            json.WriteString("store", store);
            json.WriteString("proxy", proxy);
            json.WriteString("since", Text(since));
            json.WriteNumber("seconds", seconds);
        });
    }

    /// <param name="days">Since prices were last brought up to date.</param>
    /// <param name="limit">Days after which they count as old.</param>
    public Alert RatesStale(int days, int limit) => Make(
        AlertKinds.RatesStale, null, $"The prices are {days} days old: import newer ones, add rows, or install a newer version.", json =>
        {
            json.WriteNumber("ageDays", days);
            json.WriteNumber("limitDays", limit);
        });

    /// <param name="tenant">Null = it is not of one tenant.</param>
    /// <param name="buckets">How many slices of usage wait for it.</param>
    public Alert BillingBlocked(string? tenant, string reason, long buckets, NanoUsd amount) => Make(
        AlertKinds.BillingBlocked, tenant, $"Usage of ${amount.ToBalance()} can't be billed through Stripe: {reason}", json =>
        {
            json.WriteString("reason", reason);
            json.WriteNumber("buckets", buckets);
            json.WriteString("usd", amount.ToBalance());
        });

    /// <param name="since">When the oldest of them was cut.</param>
    /// <param name="buckets">How many slices of usage wait.</param>
    public Alert BillingBehind(DateTimeOffset since, long buckets, NanoUsd amount) => Make(
        AlertKinds.BillingBehind, null, $"Usage of ${amount.ToBalance()} waits to be sent to Stripe, the oldest since {Text(since)}.", json =>
        {
            json.WriteString("since", Text(since));
            json.WriteNumber("buckets", buckets);
            json.WriteString("usd", amount.ToBalance());
        });

    /// <param name="tenant">Null = several share the customer.</param>
    /// <param name="day">First instant of the UTC day.</param>
    /// <param name="drift">What Stripe has more than was sent, in micro-dollars or units.</param>
    /// <param name="buckets">Identifiers of those that would explain it.</param>
    public Alert BillingDrift(string? tenant, (string Customer, string Meter) at, DateTimeOffset day, decimal drift, IReadOnlyList<string> buckets) => Make(
        AlertKinds.BillingDrift, tenant, $"Stripe has {drift.ToString(CultureInfo.InvariantCulture)} more of {at.Customer} on {at.Meter} on {Text(day)[..10]} than was sent.", json =>
        {
            json.WriteString("customer", at.Customer);
            json.WriteString("meter", at.Meter);
            json.WriteString("day", Text(day)[..10]);
            json.WriteNumber("drift", drift);
            json.WriteStartArray("buckets");
            foreach (var bucket in buckets)
                json.WriteStringValue(bucket);
            json.WriteEndArray();
        });

    public Alert Test(string webhook) => Make(
        AlertKinds.WebhookTest, null, $"A test of the webhook '{webhook}'.", json => json.WriteString("webhook", webhook));

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Text(LimitKind kind, long amount) => kind.IsMoney() ? "$" + new NanoUsd(amount).ToBalance() : amount.ToString(CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, string name, LimitKind kind, long amount)
    {
        if (kind.IsMoney())
            json.WriteString(name, new NanoUsd(amount).ToBalance());
        else
            json.WriteNumber(name, amount);
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
        else
            json.WriteNull(name);
    }

    /// <summary>One line: what callers chose may hold what breaks lines.</summary>
    private static string OneLine(string text)
    {
        var clean = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return clean.Length <= MostSummaryChars ? clean : string.Concat(clean.AsSpan(0, MostSummaryChars), "…");
    }

    private Alert Make(string kind, string? tenant, string summary, Action<Utf8JsonWriter> data)
    {
        // As it is stored: a payload made again from its row is the same.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var id = _ids.Next(now);
        summary = OneLine(summary);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("type", kind);
            json.WriteString("timestamp", Text(now));
            json.WriteString("id", Alert.PublicIdOf(id));
            json.WriteStartObject("data");
            WriteText(json, "tenant", tenant);
            json.WriteString("summary", summary);
            data(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new Alert(id, kind, tenant, summary, now, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
