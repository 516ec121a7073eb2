using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BudgetProxy.Admin;
using BudgetProxy.Audit;
using BudgetProxy.Core.Requests;
using BudgetProxy.Rates;
using BudgetProxy.Rates.Import;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BudgetProxy.Invoices;

/// <summary><c>/invoices</c>: what providers billed, imported from their exports, and the ledger beside it.</summary>
internal static class InvoicesApi
{
    public const long MaxBytes = 64L << 20;

    /// <summary>Hexadecimal digits of the file's hash in an id: two files never share them by chance.</summary>
    private const int IdDigits = 24;

    /// <summary>Says of an answer that the file had been imported before.</summary>
    private const string Replayed = "Idempotent-Replayed";

    private static readonly byte[] CsvHeader = Encoding.ASCII.GetBytes("day,model,matched,invoiceUsd,ledgerUsd,differenceUsd,differencePercent\r\n");

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/invoices", List);
        admin.MapGet("/invoices/comparison", Compare);
        admin.MapGet("/invoices/{id}", Get);
        // One name for what stands in the path: an OpenAPI document takes two for one place as an error.
        admin.MapPost("/invoices/{id}", Import).WithMetadata(new NeedsRole(AdminRole.Finance));
        admin.MapDelete("/invoices/{id}", Delete).WithMetadata(new NeedsRole(AdminRole.Finance));
    }

    private static async Task<Results<Ok<ListPage<InvoiceDocument>>, ProblemHttpResult>> List(HttpRequest request, IInvoiceStore store, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request.Query);
        Provider? provider = query.Text("provider") is { } name ? ProviderOf(name, query.Errors) : null;
        var invoices = await store.ListAsync(provider, cancellationToken);
        var page = query.Page(invoices.OrderBy(Place, StringComparer.Ordinal), Place, InvoiceDocument.Of);
        return page is null ? query.Errors.ToProblem() : TypedResults.Ok(page);
    }

    private static async Task<Results<Ok<InvoiceDocument>, ProblemHttpResult>> Get(
        string id, IInvoiceStore store, RateTable rates, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } invoice)
            return NoSuchInvoice();
        var lines = await store.LinesAsync(id, invoice.From, invoice.To, cancellationToken);
        var models = new InvoiceModels(rates.Current.Card, invoice.Provider, time.GetUtcNow());
        return TypedResults.Ok(InvoiceDocument.Of(invoice) with { Lines = [.. lines.Select(line => InvoiceLineDocument.Of(line, models))] });
    }

    /// <summary>Takes a provider's file of costs, whole or not at all; the same file again is the same import.</summary>
    private static async Task<Results<Created<InvoiceDocument>, ProblemHttpResult>> Import(
        [FromRoute(Name = "id")] string provider, HttpRequest request, IInvoiceStore store, AuditTrail audit, TimeProvider time)
    {
        var errors = new FieldErrors();
        var whose = ProviderOf(provider, errors);
        if (errors.Any)
            return errors.ToProblem();
        if (request.Headers.ContentEncoding.Count > 0)
            return Problems.BadBody("The file must not be compressed.");
        if (request.ContentLength > MaxBytes)
            return Problems.TooLarge(MaxBytes);

        var cancellationToken = request.HttpContext.RequestAborted;
        using var hash = SHA256.Create();
        InvoiceFile file;
        try
        {
            await using var body = new CryptoStream(new BoundedBody(request.Body, MaxBytes), hash, CryptoStreamMode.Read);
            file = await InvoiceReader.ReadAsync(whose, body, cancellationToken);
        }
        catch (ImportRefusedException refused)
        {
            return Problems.BadFile(refused.Status, refused.Message);
        }

        var invoice = new Invoice(
            $"inv_{whose.Name()}_{Convert.ToHexStringLower(hash.Hash!)[..IdDigits]}", whose, time.GetUtcNow(), request.HttpContext.AdminKey().Id, file.From, file.To,
            file.Rows, file.Cost);
        var (kept, isNew) = await store.AddAsync(invoice, file.Lines, cancellationToken);
        var document = InvoiceDocument.Of(kept);
        if (isNew)
        {
            await audit.AppendAsync(
                request.HttpContext.Actor(), AuditActions.ImportInvoice, $"invoices/{invoice.Id}",
                (null, null, JsonSerializer.Serialize(document, AdminJson.Default.InvoiceDocument)), CancellationToken.None);
        }
        else
        {
            request.HttpContext.Response.Headers[Replayed] = "true";
        }

        return TypedResults.Created($"/admin/v1/invoices/{invoice.Id}", document);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string id, HttpContext context, IInvoiceStore store, AuditTrail audit, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } invoice || !await store.RemoveAsync(id, cancellationToken))
            return NoSuchInvoice();
        await audit.AppendAsync(
            context.Actor(), AuditActions.DeleteInvoice, $"invoices/{id}",
            (null, JsonSerializer.Serialize(InvoiceDocument.Of(invoice), AdminJson.Default.InvoiceDocument), null), CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<ComparisonDocument>, EmptyHttpResult, ProblemHttpResult>> Compare(
        HttpContext http, InvoiceComparer comparer, CancellationToken cancellationToken)
    {
        var query = new QueryReader(http.Request.Query);
        var name = query.Text("provider");
        if (name is null)
            query.Errors.Add("provider", "Is required.");
        var provider = ProviderOf(name, query.Errors);
        var (from, to) = (Day(query, "from"), Day(query, "to")?.AddDays(-1));
        if (from > to)
            query.Errors.Add("to", "Must be later than 'from'; it is exclusive.");
        else if (to?.DayNumber - from?.DayNumber >= InvoiceComparer.MostDays)
            query.Errors.Add("to", $"At most {InvoiceComparer.MostDays} days are compared at once.");
        var format = query.OneOf("format", "json", "csv");
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();

        if (await comparer.CompareAsync(provider, from, to, cancellationToken) is not { } comparison)
            return Problems.NotFound($"No invoice of {name} was imported yet. Import one with POST /admin/v1/invoices/{name}.");
        var document = ComparisonDocument.Of(provider, comparison);
        if (format == "json")
            return TypedResults.Ok(document);
        http.Response.ContentType = "text/csv; charset=utf-8";
        WriteCsv(document, http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
        return TypedResults.Empty;
    }

    private static void WriteCsv(ComparisonDocument document, IBufferWriter<byte> output)
    {
        output.Write(CsvHeader);
        var row = new CsvRow();
        foreach (var line in document.Lines)
        {
            row.Raw(line.Day).Text(line.Model).Raw(line.Matched == true ? "true" : "false").Raw(line.InvoiceUsd).Raw(line.LedgerUsd).Raw(line.DifferenceUsd)
                .Raw(line.DifferencePercent?.ToString(System.Globalization.CultureInfo.InvariantCulture)).End(output);
        }
    }

    private static Provider ProviderOf(string? name, FieldErrors errors)
    {
        if (ProviderNames.TryParse(name, out var provider) && InvoiceReader.Providers.Contains(provider))
            return provider;
        if (name is not null)
            errors.Add("provider", $"Must be one of: {string.Join(", ", InvoiceReader.Providers.Select(known => known.Name()))}.");
        return default;
    }

    private static DateOnly? Day(QueryReader query, string name)
    {
        if (query.Instant(name) is not { } at)
            return null;
        if (at.UtcDateTime.TimeOfDay != TimeSpan.Zero)
            query.Errors.Add(name, "Must be a day of UTC, such as 2026-11-28: providers bill by day.");
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        if (InvoiceDays.CanBe(day))
            return day;
        query.Errors.Add(name, $"Must be from {InvoiceDocument.Text(InvoiceDays.Earliest)} to {InvoiceDocument.Text(InvoiceDays.Latest)}.");
        return null;
    }

    /// <summary>By the days that they are of; what lists page by.</summary>
    private static string Place(Invoice invoice) => $"{InvoiceDocument.Text(invoice.From)} {invoice.Id}";

    private static ProblemHttpResult NoSuchInvoice() => Problems.NotFound("There is no such invoice.");
}
