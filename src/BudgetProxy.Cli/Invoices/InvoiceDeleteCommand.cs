using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Invoices;

/// <summary><c>invoices delete</c>.</summary>
internal sealed class InvoiceDeleteCommand : ProxyCommand
{
    private readonly Argument<string> _invoice = Named.Of("invoice", "The invoice's id");
    private readonly Confirmation _confirmation = new();

    public InvoiceDeleteCommand()
        : base("delete", "Forgets an invoice; its file can be imported again", "budgetproxy invoices delete inv_openai_1f3a") => Takes(_invoice, _confirmation.Yes);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var id = call.Get(_invoice);
        var path = AdminQuery.Path("invoices", id);
        await call.Client.GetAsync(path, cancellationToken);
        if (!_confirmation.Ask(call, $"Delete invoice {id}?"))
            return ExitCode.Failed;
        await call.Client.DeleteAsync(path, cancellationToken);
        return call.Done($"Invoice {id} is deleted.");
    }
}
