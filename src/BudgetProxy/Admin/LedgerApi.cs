using BudgetProxy.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/ledger</c>: the entries, streamed row by row, so that memory does not grow with their number.</summary>
internal static class LedgerApi
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/ledger", Get);

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> Get(HttpContext http, ILedger ledger, CancellationToken cancellationToken)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = query.LedgerFilter();
        var csv = query.OneOf("format", "jsonl", "csv") == "csv";
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();

        await (csv ? LedgerCsv.Format() : EntryFormat.JsonLines(LedgerDocument.Of, AdminJson.Default.LedgerDocument)).SendAsync(
            http, ledger.StreamAsync(filter, cancellationToken));
        return TypedResults.Empty;
    }
}
