using System.Buffers;
using System.Text;
using BudgetProxy.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/usage</c>: totals of the ledger.</summary>
internal static class UsageApi
{
    private static readonly byte[] CsvHeader = Encoding.ASCII.GetBytes(
        $"tenant,user,project,key,model,day,requests,{LedgerCsv.TokenColumns},costUsd,chargedUsd,overrunUsd\r\n");

    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/usage", Get);

    private static async Task<Results<Ok<ListPage<UsageDocument>>, EmptyHttpResult, ProblemHttpResult>> Get(
        HttpContext http, ILedger ledger, CancellationToken cancellationToken)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = query.LedgerFilter();
        var groups = query.Groups("groupBy");
        var format = query.OneOf("format", "json", "csv");
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();

        var totals = (await ledger.TotalsAsync(filter, groups, cancellationToken)).Select(UsageDocument.Of).ToList();
        if (format == "json")
            return TypedResults.Ok(new ListPage<UsageDocument>(totals, Next: null));
        http.Response.ContentType = "text/csv; charset=utf-8";
        WriteCsv(totals, http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
        return TypedResults.Empty;
    }

    private static void WriteCsv(List<UsageDocument> totals, IBufferWriter<byte> output)
    {
        output.Write(CsvHeader);
        var row = new CsvRow();
        foreach (var total in totals)
        {
            row.Text(total.Tenant).Text(total.User).Text(total.Project).Raw(total.Key).Text(total.Model).Raw(total.Day).Number(total.Requests)
                .Tokens(total.Tokens).Raw(total.CostUsd).Raw(total.ChargedUsd).Raw(total.OverrunUsd).End(output);
        }
    }
}
