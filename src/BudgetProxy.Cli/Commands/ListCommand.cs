using System.CommandLine;
using System.Text.Json;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Commands;

/// <summary>Shows a list of the admin API, page by page as it comes, so that memory does not grow with its length.</summary>
internal abstract class ListCommand : ProxyCommand
{
    private readonly Option<long?> _limit = new("--limit") { HelpName = "n", CustomParser = QuantityText.Count };
    private readonly Option<string?> _after = new("--after") { Description = "Go on after this: the \"next\" of an earlier answer", HelpName = "next" };
    private readonly long? _usual;

    /// <param name="usual">How many items without <c>--limit</c>; null = all.</param>
    protected ListCommand(string name, string description, string examples, long? usual = null)
        : base(name, description, examples)
    {
        _usual = usual;
        _limit.Description = $"At most so many; {(usual is { } few ? $"{few}" : "all")}, where left out";
        _limit.Validators.Add(result =>
        {
            if (result.GetValue(_limit) < 1)
                result.AddError("--limit: Must be 1 or more.");
        });
    }

    /// <summary>Most items of a page that the API gives.</summary>
    protected virtual int PageSize => 500;

    protected abstract IReadOnlyList<Column> Columns { get; }

    /// <summary>Adds <c>--limit</c> and <c>--after</c>, after the command's own.</summary>
    protected void TakesPaging() => Takes(_limit, _after);

    /// <summary>Whether it was said how many items.</summary>
    protected bool HasLimit(CommandCall call) => call.Get(_limit) is not null;

    protected abstract AdminQuery Question(CommandCall call);

    protected abstract IEnumerable<Cell[]> Rows(CommandCall call, JsonElement item);

    /// <summary>What to say where the list is empty.</summary>
    protected abstract string Nothing(CommandCall call);

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var pages = call.Client.PagesAsync(Question(call), call.Get(_limit) ?? _usual, PageSize, call.Get(_after), cancellationToken);
        if (call.Json)
            await JsonText.PrintAsync(pages, cancellationToken);
        else
            await WriteTableAsync(call, pages, cancellationToken);
        return ExitCode.Done;
    }

    private async Task WriteTableAsync(CommandCall call, IAsyncEnumerable<AdminPage> pages, CancellationToken cancellationToken)
    {
        var table = new Table(call.Terminal, Columns);
        var any = false;
        string? next = null;
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            any |= page.Items.Count > 0;
            next = page.Next;
            table.Write([.. page.Items.SelectMany(item => Rows(call, item))]);
        }

        if (!any)
            call.Terminal.Line(Nothing(call));
        else if (next is not null)
            call.Terminal.Wrapped($"There are more: --limit, or --after '{next}'.", 2);
    }
}
