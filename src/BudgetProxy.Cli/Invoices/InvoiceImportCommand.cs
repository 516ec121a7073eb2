using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Invoices;

/// <summary><c>invoices import</c>.</summary>
internal sealed class InvoiceImportCommand : ProxyCommand
{
    private readonly Argument<string> _provider = Named.Of("provider", "openai or anthropic");
    private readonly Argument<string> _file = Named.Of("file", "The CSV as the provider exports its costs; - is standard input");

    public InvoiceImportCommand()
        : base(
            "import", "Imports a provider's export of costs, whole or not at all; the same file again changes nothing",
            """
            budgetproxy invoices import openai costs.csv
            budgetproxy invoices import anthropic claude_api_cost_2026_11.csv
            """) => Takes(_provider, _file);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var (provider, file) = (call.Get(_provider), call.Get(_file));
        await using var input = Open(file);
        using var body = new StreamContent(input);
        body.Headers.ContentType = new("text/csv");
        var answer = await call.Client.PostAsync(AdminQuery.Path("invoices", provider), body, cancellationToken);
        var invoice = answer.Json;
        return call.Done(
            $"{invoice.Text("id")}: {MoneyText.Of(invoice.Usd("costUsd") ?? default)} billed by {provider} from {invoice.Text("from")} to {invoice.Text("to")}, "
            + $"{invoice.Whole("rows") ?? 0:#,##0} rows." + (answer.IsReplayed
                ? $" This file was imported before, at {invoice.Text("importedAt")}; nothing changed. Of days that a later import covers too, that one counts: to have this one count, delete it and import it again."
                : ""), invoice);
    }

    private static Stream Open(string file)
    {
        try
        {
            return file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Misuse($"<file>: '{file}' can't be read: {wrong.Message}");
        }
    }
}
