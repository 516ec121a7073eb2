using System.Text.Json;
using BudgetProxy.Audit;
using BudgetProxy.Ledger;
using BudgetProxy.Rates;
using BudgetProxy.Rates.Import;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>POST /rates/import</c>: a file of prices, shown before it is applied.</summary>
internal static class RatesImportApi
{
    public const long MaxBytes = 64L << 20;

    /// <summary>Lines or warnings that a refusal names; more are counted.</summary>
    private const int MostNamed = 20;

    public static void Map(IEndpointRouteBuilder admin) => admin.MapPost("/rates/import", Import);

    private static async Task<Results<Ok<ImportDocument>, ContentHttpResult, ProblemHttpResult>> Import(
        HttpRequest request, RateTable table, ILedger ledger, TimeProvider time)
    {
        var query = new QueryReader(request.Query);
        var format = query.OneOf("format", "litellm", "csv");
        var given = query.Instant("effectiveFrom");
        var apply = query.Flag("apply");
        var id = query.Text("id");
        var accepted = query.Flag("acceptWarnings");
        var skipInvalid = query.Flag("skipInvalid");
        var asTable = query.OneOf("view", "json", "table") == "table" || request.Headers.Accept.ToString().StartsWith("text/plain", StringComparison.OrdinalIgnoreCase);
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (request.Headers.ContentEncoding.Count > 0)
            return Problems.BadBody("The file must not be compressed.");
        if (request.ContentLength > MaxBytes)
            return Problems.TooLarge(MaxBytes);

        var cancellationToken = request.HttpContext.RequestAborted;
        await table.RefreshAsync(cancellationToken);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        ImportPlan plan;
        try
        {
            var body = new BoundedBody(request.Body, MaxBytes);
            var file = format == "csv" ? CsvFileOfRates.ReadAsync(body, cancellationToken) : LiteLlmFile.ReadAsync(body, cancellationToken);
            plan = await ImportPlanner.PlanAsync(file, table.Current, given ?? now, given, cancellationToken);
        }
        catch (ImportRefusedException refused)
        {
            return Problems.BadFile(refused.Status, refused.Message);
        }

        if (apply)
        {
            if (Refusal(plan, id, accepted, skipInvalid) is { } refusal)
                return refusal;
            var addition = await table.AddAsync(plan.Added, request.HttpContext.AdminKey().Id, plan.Basis, cancellationToken);
            if (addition.Problem is { } problem)
                return Problems.Conflict(problem);
            await ledger.MoveBookmarkAsync(RateAge.Bookmark, Names.Of(now), cancellationToken);
        }

        var document = ImportDocument.Of(plan, format, given, apply);
        if (apply)
            await AuditAsync(request.HttpContext, document);
        return asTable ? TypedResults.Text(ImportTable.Of(document), "text/plain; charset=utf-8") : TypedResults.Ok(document);
    }

    /// <summary>The rows say themselves what they are and who added them; kept here is what the import came to.</summary>
    private static async Task AuditAsync(HttpContext context, ImportDocument applied) =>
        await context.RequestServices.GetRequiredService<AuditTrail>().AppendAsync(
            context.Actor(), AuditActions.ImportRates, "rates",
            (null, null, JsonSerializer.Serialize(applied with { Models = [], Warnings = [] }, AdminJson.Default.ImportDocument)), CancellationToken.None);

    private static ProblemHttpResult? Refusal(ImportPlan plan, string? id, bool accepted, bool skipInvalid)
    {
        if (id is not null && id != plan.Id)
            return Problems.Conflict($"This is not what the preview {id} showed: the file, its options or the rate table have changed since. Make a new preview.");
        if (!skipInvalid && plan.Invalid.Any())
            return Problems.Conflict(
                $"Nothing was applied, for some models can't be read: {Named(plan.Invalid.Select(row => $"line {row.Line}, {row.Name}: {row.Reason}"))} skipInvalid=true applies the others.");
        return !accepted && plan.Warnings.Any()
            ? Problems.Conflict($"Nothing was applied, for some changes are to be looked at: {Named(plan.Warnings)} acceptWarnings=true applies them.")
            : null;
    }

    private static string Named(IEnumerable<string> all)
    {
        var named = all.Take(MostNamed + 1).ToList();
        return named.Count <= MostNamed ? string.Join("; ", named) + "." : $"{string.Join("; ", named.Take(MostNamed))}; and {all.Count() - MostNamed} more.";
    }
}
