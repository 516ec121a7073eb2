using System.Globalization;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>Usage and ledger as files, straight from the admin API.</summary>
internal sealed class ExportPages(Door door, TimeProvider clock)
{
    private static readonly string[] Groups = ["tenant", "user", "project", "key", "model", "day"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/admin/exports", door.Page(visit => ShowAsync(visit, null)));
        routes.MapGet("/admin/exports/usage", door.Page(visit => DownloadAsync(visit, "usage")));
        routes.MapGet("/admin/exports/ledger", door.Page(visit => DownloadAsync(visit, "ledger")));
    }

    private async Task<IResult> ShowAsync(Visit visit, Problem? problem)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var query = visit.Http.Request.Query;
        return visit.Show<ExportsPage>(
            new ExportsModel(
                Day(query["from"]) ?? new DateOnly(today.Year, today.Month, 1), Day(query["to"]) ?? today, query["tenant"].ToString() is { Length: > 0 } tenant ? tenant : null,
                await visit.ReadAsync<StripeStateView>("/exports/stripe"), problem),
            problem?.Status ?? StatusCodes.Status200OK);
    }

    /// <summary>The days are both included; the API's end is exclusive.</summary>
    private async Task<IResult> DownloadAsync(Visit visit, string what)
    {
        var query = visit.Http.Request.Query;
        if (Day(query["from"]) is not { } from || Day(query["to"]) is not { } to || to < from)
            return await ShowAsync(visit, new Problem("The period is not valid.", "Give two days, the first no later than the last.", null) { Status = StatusCodes.Status400BadRequest });
        var tenant = query["tenant"].ToString().Trim();
        var format = query["format"].ToString() is "json" ? "json" : "csv";
        var path = $"/{what}?from={from:yyyy-MM-dd}&to={to.AddDays(1):yyyy-MM-dd}&format={(format == "json" && what == "ledger" ? "jsonl" : format)}";
        if (tenant.Length > 0)
            path += "&tenant=" + Uri.EscapeDataString(tenant);
        if (what == "usage")
            path += "&groupBy=" + string.Join(',', query["groupBy"].Where(group => Groups.Contains(group)));
        var extension = format == "csv" ? "csv" : what == "ledger" ? "jsonl" : "json";
        var name = $"{what}{(tenant.Length > 0 && tenant.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? "-" + tenant : "")}-{from:yyyy-MM-dd}-{to:yyyy-MM-dd}.{extension}";
        return new Download(visit, path, name);
    }

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
