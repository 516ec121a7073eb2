using System.Globalization;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>What providers billed: their files of costs, and the ledger beside them.</summary>
internal static class InvoicePages
{
    /// <summary>As the API has it.</summary>
    private const long MaxFileBytes = 64L << 20;

    private const int Shown = 100;

    private static readonly string[] Providers = ["openai", "anthropic"];

    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapGet("/admin/invoices", door.Page(visit => ShowAsync(visit, null, null, null)));
        routes.MapPost("/admin/invoices", door.Upload(MaxFileBytes, ImportAsync, TooLargeAsync));
        routes.MapPost("/admin/invoices/{invoice}/delete", door.Form(DeleteAsync));
        routes.MapGet("/admin/invoices/comparison", door.Page(CompareAsync));
        routes.MapGet("/admin/invoices/comparison/csv", door.Page(visit => Task.FromResult<IResult>(Csv(visit))));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Problem? upload, string? provider, Problem? problem)
    {
        var all = await AllAsync(visit);
        var shown = new Part<IReadOnlyList<InvoiceView>>(
            all.Value is { } list ? [.. list.Items.OrderByDescending(invoice => invoice.ImportedAt).ThenBy(invoice => invoice.Id, StringComparer.Ordinal).Take(Shown)] : null, all.Problem);
        return visit.Show<InvoicesPage>(
            new InvoicesModel(shown, all.Value?.Items.Count ?? 0, upload, provider, problem), (upload ?? problem)?.Status ?? StatusCodes.Status200OK);
    }

    /// <summary>The API has them by their days, so the one imported last may be anywhere. They are few: one for each file that a person exported.</summary>
    private static async Task<Part<ListOf<InvoiceView>>> AllAsync(Visit visit)
    {
        const string Path = "/invoices?limit=1000";
        var part = await visit.ReadAsync<ListOf<InvoiceView>>(Path);
        while (part.Value is { Next: { } next } sofar)
        {
            var more = await visit.ReadAsync<ListOf<InvoiceView>>($"{Path}&after={Uri.EscapeDataString(next)}");
            if (more.Value is not { } page)
                return more;
            part = part with { Value = new ListOf<InvoiceView>([.. sofar.Items, .. page.Items], page.Next, null) };
        }

        return part;
    }

    private static async Task<IResult> ImportAsync(Visit visit, UploadForm form)
    {
        var provider = form.Fields.GetValueOrDefault("provider", "").Trim();
        var answer = await visit.UploadAsync("/invoices/" + Uri.EscapeDataString(provider.Length == 0 ? "-" : provider), form.File);
        return answer.IsSuccess
            ? Visit.GoTo("/invoices", answer.WasThere ? "invoice-known" : "invoice-imported")
            : await ShowAsync(visit, answer.Problem(), provider, null);
    }

    private static Task<IResult> TooLargeAsync(Visit visit) => ShowAsync(
        visit, new Problem("The file can't be read.", $"The file is at most {MaxFileBytes >> 20} MiB.", null) { Status = StatusCodes.Status413PayloadTooLarge }, null, null);

    private static async Task<IResult> DeleteAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Delete, "/invoices/" + Uri.EscapeDataString((string)visit.Http.GetRouteValue("invoice")!), null);
        return answer.IsSuccess ? Visit.GoTo("/invoices", "invoice-deleted") : await ShowAsync(visit, null, null, answer.Problem());
    }

    private static async Task<IResult> CompareAsync(Visit visit)
    {
        var asked = Asked(visit);
        var answer = await visit.GetAsync(Path(asked));
        if (answer.IsSuccess)
            return visit.Show<ComparisonPage>(asked with { Known = answer.Read<ComparisonView>() });
        var problem = answer.Problem();
        return problem.IsMissing
            ? visit.Show<ComparisonPage>(asked with { IsEmpty = true })
            : visit.Show<ComparisonPage>(asked with { Problem = problem }, problem.Status);
    }

    private static Download Csv(Visit visit)
    {
        var asked = Asked(visit);
        var span = (asked.From is { } from ? $"-{from:yyyy-MM-dd}" : "") + (asked.To is { } to ? $"-{to:yyyy-MM-dd}" : "");
        return new Download(visit, Path(asked) + "&format=csv", $"invoices-{asked.Provider}{span}.csv");
    }

    private static ComparisonModel Asked(Visit visit)
    {
        var query = visit.Http.Request.Query;
        var provider = Providers.FirstOrDefault(known => known == query["provider"].ToString()) ?? Providers[0];
        return new ComparisonModel(provider, Day(query["from"]), Day(query["to"]), false, null, null);
    }

    /// <summary>The days are both included; the API's end is exclusive.</summary>
    private static string Path(ComparisonModel asked) =>
        $"/invoices/comparison?provider={asked.Provider}{(asked.From is { } from ? $"&from={from:yyyy-MM-dd}" : "")}"
        + (asked.To is { } to && to < DateOnly.MaxValue ? $"&to={to.AddDays(1):yyyy-MM-dd}" : "");

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
