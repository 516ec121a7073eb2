using System.Runtime.CompilerServices;
using System.Text.Json;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Stripe;

/// <summary>What came by in the pages of a reconciliation, for the exit code.</summary>
internal sealed class Seen
{
    public int Items { get; private set; }

    /// <summary>A day that is long enough ago differs, or Stripe does not know a customer.</summary>
    public bool Differs { get; private set; }

    /// <summary>A day that Stripe may still be adding up differs.</summary>
    public bool DiffersRecently { get; private set; }

    public async IAsyncEnumerable<AdminPage> Through(IAsyncEnumerable<AdminPage> pages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            foreach (var item in page.Items)
                Note(item);
            yield return page;
        }
    }

    private void Note(JsonElement item)
    {
        Items++;
        Differs |= item.Text("problem") is not null;
        foreach (var day in item.Items("days"))
        {
            var differs = day.Number("driftMicroUsd") is { } drift && drift != 0;
            Differs |= differs && !day.Is("isRecent");
            DiffersRecently |= differs && day.Is("isRecent");
        }
    }
}
