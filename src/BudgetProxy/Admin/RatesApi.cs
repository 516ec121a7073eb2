using System.Text.Json;
using BudgetProxy.Audit;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Rates;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/rates</c> and <c>/tenants/{tenant}/rates</c>: the rows that price calls. Rows are never edited, only followed.</summary>
internal static class RatesApi
{
    private const string AllTenants = "*";

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/rates", List);
        admin.MapPut("/rates/{provider}/{**model}", Put);
        admin.MapPut("/tenants/{tenant}/rates/{provider}/{**model}", PutOfTenant);
    }

    private static Results<Ok<ListPage<RateDocument>>, ProblemHttpResult> List(HttpRequest request, RateTable table, TimeProvider time)
    {
        var query = new QueryReader(request.Query);
        var provider = query.Text("provider");
        var model = query.Text("model");
        var tenant = query.Text("tenant");
        var given = query.Instant("at");
        var history = query.Flag("history");
        if (provider is not null && !ProviderNames.TryParse(provider, out _))
            query.Errors.Add("provider", ProviderProblem);
        if (history && given is not null)
            query.Errors.Add("at", "The history is of all times: give one or the other.");
        var snapshot = table.Current;
        var at = given ?? time.GetUtcNow();
        var rows = snapshot.Rows
            .Where(row => provider is null || row.Rate.Provider.Name() == provider)
            .Where(row => model is null || row.Rate.Model == model || row.Rate.Aliases.Contains(model, StringComparer.Ordinal))
            .Where(row => tenant == AllTenants ? row.Rate.Tenant is not null : row.Rate.Tenant == tenant)
            .Where(row => history || IsInForce(snapshot.Card, row.Rate, at))
            .OrderBy(row => row.Rate.Id, StringComparer.Ordinal);
        return query.Page(rows, row => row.Rate.Id, row => RateDocument.Of(row)) is { } page ? TypedResults.Ok(page) : query.Errors.ToProblem();
    }

    private static Task<Results<Ok<RateDocument>, ProblemHttpResult>> Put(
        string provider, string model, HttpRequest request, RateTable table, TimeProvider time) =>
        PutAsync((provider, model, null), request, table, time);

    /// <summary>Keeps who added which row, and which one it follows.</summary>
    private static async Task AuditAsync(HttpContext context, RateTable table, RateDocument made, Rate followed)
    {
        var before = table.Current.Find(followed.Id) is { } row ? JsonSerializer.Serialize(RateDocument.Of(row), AdminJson.Default.RateDocument) : null;
        await context.RequestServices.GetRequiredService<AuditTrail>().AppendAsync(
            context.Actor(), AuditActions.AddRate, $"rates/{made.Id}", (made.Tenant, before, JsonSerializer.Serialize(made, AdminJson.Default.RateDocument)),
            CancellationToken.None);
    }

    private static async Task<Results<Ok<RateDocument>, ProblemHttpResult>> PutOfTenant(
        string tenant, string provider, string model, HttpRequest request, TenantDirectory directory, RateTable table, TimeProvider time) =>
        directory.Current.FindTenant(tenant) is null
            ? Problems.NoSuchTenant()
            : await PutAsync((provider, model, tenant), request, table, time);

    private static async Task<Results<Ok<RateDocument>, ProblemHttpResult>> PutAsync(
        (string Provider, string Model, string? Tenant) path, HttpRequest request, RateTable table, TimeProvider time)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var errors = new FieldErrors();
        // A slash may be sent as it is or escaped; routing leaves the latter alone.
        var model = path.Model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (!ProviderNames.TryParse(path.Provider, out var provider))
            errors.Add("provider", ProviderProblem);
        if (DirectoryRules.TextProblem(model) is { } problem)
            errors.Add("model", problem);
        if (errors.Any)
            return errors.ToProblem();
        var (fields, broken) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return broken!;
        var given = fields.Instant("effectiveFrom");
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        // What others have added a moment ago must be what this row follows.
        await table.RefreshAsync(cancellationToken);
        var card = table.Current.Card;
        var from = given ?? now;
        var followed = Followed(card, (provider, model, path.Tenant), from);
        if (RateReader.Read(fields, followed with { EffectiveFrom = from, Model = model, Tenant = path.Tenant }, card.Find(provider, model, from)) is not { } rate)
            return fields.Errors.ToProblem();

        if (given is null && Unchanged(table.Current, rate) is { } same)
            return TypedResults.Ok(RateDocument.Of(same));
        var addition = await table.AddAsync([rate], request.HttpContext.AdminKey().Id, null, cancellationToken);
        if (addition.Problem is { } refused)
            return Problems.Conflict(refused);
        var made = RateDocument.Of(table.Current.Find(rate.Id)!, from < now ? PastNote(from) : null);
        await AuditAsync(request.HttpContext, table, made, followed);
        return TypedResults.Ok(made);
    }

    private static string ProviderProblem => $"Must be one of: {string.Join(", ", Enum.GetValues<Provider>().Select(known => known.Name()))}.";

    private static bool IsInForce(RateCard card, Rate rate, DateTimeOffset at) => ReferenceEquals(card.Find(rate.Provider, rate.Model, at, rate.Tenant), rate);

    /// <summary>The row in force of the same model, or the general one where a tenant has none yet; where there is neither, a blank one.</summary>
    private static Rate Followed(RateCard card, (Provider Provider, string Model, string? Tenant) of, DateTimeOffset at)
    {
        var found = card.Find(of.Provider, of.Model, at, of.Tenant);
        if (found is not null && (found.Model == of.Model || found.Aliases.Contains(of.Model, StringComparer.Ordinal)))
            return found.Model == of.Model ? found : found with { Aliases = [] };
        return card.Blank(of.Provider, of.Model, at);
    }

    /// <summary>The row in force where it says the very same: a repeat of a call that names no time adds nothing.</summary>
    private static RateRow? Unchanged(RateSnapshot snapshot, Rate rate) =>
        snapshot.Card.Find(rate.Provider, rate.Model, rate.EffectiveFrom, rate.Tenant) is { } inForce
        && RateTable.SameContent(rate, inForce with { EffectiveFrom = rate.EffectiveFrom })
            ? snapshot.Find(inForce.Id)
            : null;

    private static string PastNote(DateTimeOffset from) =>
        $"Calls that were booked since {Names.Of(from)} keep what they were booked at. POST /admin/v1/rates/rerate shows what this row changes about them, and can book the difference.";
}
