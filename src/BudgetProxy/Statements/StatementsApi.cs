using BudgetProxy.Admin;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Statements;

/// <summary><c>/tenants/{tenant}/statements</c>: what a customer used in a month, and what it comes to.</summary>
internal static class StatementsApi
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/tenants/{tenant}/statements", List);
        admin.MapGet("/tenants/{tenant}/statements/{month}", Get);
    }

    private static async Task<Results<Ok<ListPage<StatementMonthDocument>>, ProblemHttpResult>> List(
        string tenant, HttpRequest request, StatementReader statements, TimeProvider clock)
    {
        var query = new QueryReader(request.Query);
        var limit = query.Whole("limit", QueryReader.DefaultLimit, 1, QueryReader.MaxLimit);
        var after = query.Text("after");
        var first = default(StatementMonth);
        if (after is not null && !StatementMonth.TryParse(after, out first))
            query.Errors.Add("after", "Must be the 'next' of the page before, a month such as 2026-11.");
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (await statements.MonthsAsync(tenant, request.HttpContext.RequestAborted) is not { } months)
            return Problems.NoSuchTenant();
        var now = clock.GetUtcNow();
        var page = months.Where(month => after is null || month.Month.From < first.From).Take(limit + 1).ToList();
        var more = page.Count > limit;
        return TypedResults.Ok(new ListPage<StatementMonthDocument>(
            [.. page.Take(limit).Select(month => new StatementMonthDocument(
                month.Month.ToString(), now < month.Month.To, month.Sums.Calls, month.Sums.Usage.Total, month.Sums.Cost.ToString(), month.Sums.Charged.ToString()))],
            more ? page[limit - 1].Month.ToString() : null));
    }

    private static async Task<Results<Ok<StatementDocument>, EmptyHttpResult, ProblemHttpResult>> Get(
        string tenant, string month, HttpContext http, StatementReader statements, TimeProvider clock)
    {
        var query = new QueryReader(http.Request.Query);
        var entries = query.OneOf("detail", "totals", "entries") == "entries";
        var format = entries ? query.OneOf("format", "jsonl", "csv") : query.OneOf("format", "json", "csv", "html");
        var forUs = query.OneOf("for", "customer", "us") == "us";
        query.RefuseUnknown();
        var asked = Month(month, clock.GetUtcNow(), query.Errors);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (entries)
        {
            if (!await statements.IsKnownAsync(tenant, http.RequestAborted))
                return Problems.NoSuchTenant();
            await EntriesAs(format, forUs).SendAsync(http, statements.Entries(tenant, asked, http.RequestAborted));
            return TypedResults.Empty;
        }

        if (await statements.ReadAsync(tenant, asked, http.RequestAborted) is not { } statement)
            return Problems.NoSuchTenant();
        if (format == "json")
            return TypedResults.Ok(StatementDocument.Of(statement, forUs));
        await (format == "html" ? StatementHtml.SendAsync(http, statement, forUs) : StatementCsv.SendAsync(http, statement, forUs));
        return TypedResults.Empty;
    }

    private static EntryFormat EntriesAs(string format, bool forUs) => (format, forUs) switch
    {
        ("csv", true) => LedgerCsv.Format(),
        ("csv", false) => StatementCsv.Entries(),
        (_, true) => EntryFormat.JsonLines(LedgerDocument.Of, AdminJson.Default.LedgerDocument),
        _ => EntryFormat.JsonLines(StatementEntryDocument.Of, AdminJson.Default.StatementEntryDocument),
    };

    private static StatementMonth Month(string text, DateTimeOffset now, FieldErrors errors)
    {
        var running = StatementMonth.Of(now);
        if (!StatementMonth.TryParse(text, out var month))
            errors.Add("month", $"Must be a month in UTC, as year and month: such as {running}.");
        else if (month.From > running.From)
            errors.Add("month", $"Has not begun. The latest is {running}, which is a statement of what there is so far.");
        return month;
    }
}
