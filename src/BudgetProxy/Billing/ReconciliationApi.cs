using BudgetProxy.Admin;
using BudgetProxy.Stripe;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Billing;

/// <summary><c>/exports/stripe/reconciliation</c>: what was sent against what Stripe has, by customer and day.</summary>
internal static class ReconciliationApi
{
    /// <summary>Days before today, where none are named.</summary>
    private const int UsualDays = 7;

    /// <summary>Tenants of a page: each costs Stripe a read, of which there is a number a month.</summary>
    private const int UsualLimit = 20;
    private const int MostLimit = 100;

    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/exports/stripe/reconciliation", Get);

    private static async Task<Results<Ok<ReconciliationDocument>, ProblemHttpResult>> Get(HttpContext http, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var query = new QueryReader(http.Request.Query);
        var tenant = query.Text("tenant");
        var span = Span(query, now);
        var limit = query.Whole("limit", UsualLimit, 1, MostLimit);
        var after = query.Text("after");
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (http.RequestServices.GetService<Reconciliation>() is not { } reconciliation)
            return Problems.Conflict(ExportView.TurnOn);
        var (rows, next, failed) = await reconciliation.CompareAsync(tenant, span, after, limit, http.RequestAborted);
        var document = ReconciliationDocument.Of(span, rows, next, reconciliation.Books.MoneyMeter, now);
        return failed is null ? TypedResults.Ok(document) : Away(failed, document);
    }

    private static ReconciliationSpan Span(QueryReader query, DateTimeOffset now)
    {
        var tomorrow = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
        var to = Day(query, "to") ?? tomorrow;
        var from = Day(query, "from") ?? (to < tomorrow ? to : tomorrow).AddDays(-UsualDays - 1);
        if (to > tomorrow)
            query.Errors.Add("to", $"Must be no later than {tomorrow:yyyy-MM-dd}, which is tomorrow in UTC; it is exclusive.");
        else if (from >= to)
            query.Errors.Add("to", "Must be later than 'from'; it is exclusive.");
        else if ((to - from).TotalDays > ReconciliationSpan.MostDays)
            query.Errors.Add("from", $"Must be no more than {ReconciliationSpan.MostDays} days before 'to'.");
        return new ReconciliationSpan(from, to);
    }

    private static DateTimeOffset? Day(QueryReader query, string name)
    {
        if (query.Instant(name) is not { } at)
            return null;
        if (at.UtcDateTime.TimeOfDay != TimeSpan.Zero)
            query.Errors.Add(name, "Must be a day in UTC, such as 2026-11-28: Stripe's sums are by day.");
        return at.ToUniversalTime();
    }

    /// <summary>Stripe does not answer: what our own books say is there all the same, under <c>known</c>.</summary>
    private static ProblemHttpResult Away(StripeReply failed, ReconciliationDocument known) => TypedResults.Problem(
        $"{Reason(failed)} What the ledger and the buckets say is under 'known'; sums of Stripe that were read before it failed are in it.",
        statusCode: StatusCodes.Status503ServiceUnavailable,
        title: "Stripe's sums can't be read.",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["known"] = known });

    private static string Reason(StripeReply failed) => failed.Outcome switch
    {
        StripeOutcome.NoMeter => $"{failed.Message} Make it with 'budgetproxy stripe setup'.",
        StripeOutcome.Unauthorised => $"Stripe refuses the key ({failed.Status}): {failed.Message} It must be allowed to read meters and their event summaries.",
        _ => failed.Status > 0 ? $"Stripe answers {failed.Status}: {failed.Message} Try again in a minute." : $"Stripe does not answer: {failed.Message} Try again in a minute.",
    };
}
