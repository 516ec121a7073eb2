using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>How usage gets to Stripe, and whether all of it is there.</summary>
internal sealed class StripePages(Door door, TimeProvider clock)
{
    private const int BucketsShown = 50;
    private const int RejectsShown = 20;
    private const int UsualDays = 7;

    private static readonly string[] States = ["pending", "sending", "sent", "verified", "unknown", "parked", "dead", "written-off"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/exports/stripe", door.Page(visit => ShowAsync(visit, null)));
        routes.MapPost("/admin/exports/stripe/run", door.Form(RunAsync));
        routes.MapPost("/admin/exports/stripe/buckets/{bucket}/retry", door.Form(RetryAsync));
        routes.MapGet("/admin/exports/stripe/reconciliation", door.Page(ReconcileAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Problem? problem)
    {
        var query = visit.Http.Request.Query;
        var state = States.Contains(query["state"].ToString()) ? query["state"].ToString() : null;
        var tenant = Given(query["tenant"]);
        var after = Given(query["after"]);
        var rejects = await visit.ReadAsync<ListOf<RejectView>>($"/exports/stripe/rejects?limit={RejectsShown}");
        return visit.Show<StripePage>(
            new StripeModel(
                await visit.ReadAsync<StripeStateView>("/exports/stripe"),
                await visit.ReadAsync<ListOf<BucketView>>($"/exports/stripe/buckets?limit={BucketsShown}{Also("state", state)}{Also("tenant", tenant)}{Also("after", after)}"),
                rejects.Value, state, tenant, after, problem),
            problem?.Status ?? StatusCodes.Status200OK);
    }

    private static async Task<IResult> RunAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Post, "/exports/stripe", null);
        if (!answer.IsSuccess)
            return await ShowAsync(visit, answer.Problem());
        return Visit.GoTo("/exports/stripe", answer.Read<StripeStateView>().Finished == true ? "stripe-run" : "stripe-running");
    }

    private static async Task<IResult> RetryAsync(Visit visit, FormFields fields)
    {
        var bucket = Uri.EscapeDataString((string)visit.Http.GetRouteValue("bucket")!);
        var answer = await visit.SendAsync(HttpMethods.Post, $"/exports/stripe/buckets/{bucket}/retry", new JsonObject());
        return answer.IsSuccess ? Visit.GoTo("/exports/stripe", "bucket-retried") : await ShowAsync(visit, answer.Problem());
    }

    /// <summary>The days are both included; the API's end is exclusive.</summary>
    private async Task<IResult> ReconcileAsync(Visit visit)
    {
        var query = visit.Http.Request.Query;
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var (from, to) = (Day(query["from"]) ?? today.AddDays(-UsualDays), Day(query["to"]) ?? today);
        var (tenant, after) = (Given(query["tenant"]), Given(query["after"]));
        var answer = await visit.GetAsync($"/exports/stripe/reconciliation?from={from:yyyy-MM-dd}&to={to.AddDays(1):yyyy-MM-dd}{Also("tenant", tenant)}{Also("after", after)}");
        var known = answer.IsSuccess ? answer.Read<ReconciliationView>() : Known(answer);
        return visit.Show<ReconciliationPage>(
            new ReconciliationModel(from, to, tenant, after, known, answer.IsSuccess ? null : answer.Problem()), known is not null ? StatusCodes.Status200OK : answer.Status);
    }

    /// <summary>What our own books say where Stripe does not answer.</summary>
    private static ReconciliationView? Known(PipeAnswer answer)
    {
        if (answer.Status != StatusCodes.Status503ServiceUnavailable)
            return null;
        try
        {
            return answer.Read<JsonElement>().TryGetProperty("known", out var known) ? known.Deserialize<ReconciliationView>(JsonSerializerOptions.Web) : null;
        }
        catch (JsonException)
        {
            // Our own store is away: that problem has no such part.
            return null;
        }
    }

    private static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;

    private static string Also(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
