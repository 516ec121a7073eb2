
namespace BudgetProxy.Demo;

/// <summary>
/// What the demo does, all of it over HTTP as a user would: a tenant with a small budget, calls to both providers until one is refused, and the
/// books of both sides compared. Everything that is not as it must be is a problem in <see cref="Problems"/>.
/// </summary>
internal sealed class DemoScenario(Uri proxy, string adminKey, SimulatedProvider provider, DemoTable table)
{
    /// <summary>A stream's caller may be ahead of its ledger entry by this much at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Exit code: 0 when all was as it must be, else 1.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await PlayAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever breaks the demo is what went wrong: the reader gets a sentence, not a stack.
            _problems.Add(e.Message);
        }

        table.End(_problems);
        return _problems.Count == 0 ? 0 : 1;
    }

    private async Task PlayAsync(CancellationToken cancellationToken)
    {
        using var admin = new DemoAdmin(proxy, adminKey);
        var key = await admin.SetUpAsync(cancellationToken);
        using var caller = new DemoCaller(proxy, key);
        table.Begin(proxy, provider.BaseUrl);
        var number = 0;
        foreach (var step in DemoStep.All)
        {
            var reached = provider.CallCount;
            provider.Script = _ => new SimulatedAnswer { OutputTokens = step.OutputTokens };
            var call = await caller.CallAsync(++number, step, cancellationToken);
            call = await WithBooksAsync(admin, call, cancellationToken);
            table.Add(call);
            Check(call, provider.CallCount - reached);
        }

        await CompareBooksAsync(admin, cancellationToken);
    }

    private static async Task<DemoCall> WithBooksAsync(DemoAdmin admin, DemoCall call, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var entry = (await admin.LedgerAsync(cancellationToken)).FirstOrDefault(entry => entry.RequestId == call.RequestId);
            var budget = await admin.BudgetAsync(cancellationToken);
            if (entry is not null || call.Status != 200 || TimeProvider.System.GetElapsedTime(started) > Patience)
                return call with { Entry = entry, Left = budget.Left };
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }

    private void Check(DemoCall call, int reached)
    {
        if (call.Step.Refused)
        {
            var refused = call is { Status: 402, Code: "budget_exceeded" };
            Expect(call, refused, $"should be refused with 402 budget_exceeded, got {call.Status} {call.Code}");
            Expect(call, reached == 0, "was refused and reached the provider all the same");
            Expect(call, call.Entry is null, "was refused and is in the ledger all the same");
            return;
        }

        Expect(call, call.Status == 200 && call.Whole, $"should be served whole, got {call.Status} {call.Code}");
        Expect(call, reached == 1, $"should reach the provider once, reached it {reached} times");
        Expect(call, call.Entry is not null, "is not in the ledger");
        Expect(call, call.Cost is not null && call.Cost == call.Entry?.Cost, $"cost {call.Cost} by its headers and {call.Entry?.Cost} by the ledger");
        Expect(call, call.Reserved >= call.Cost, $"cost {call.Cost}, more than the {call.Reserved} reserved");
    }

    private async Task CompareBooksAsync(DemoAdmin admin, CancellationToken cancellationToken)
    {
        await provider.WhenIdleAsync(cancellationToken);
        var entries = await admin.LedgerAsync(cancellationToken);
        var budget = await admin.BudgetAsync(cancellationToken);
        var billed = provider.Billed;
        var books = new DemoBooks(
            provider.CallCount, billed.TotalInput, billed.Output,
            entries.Count, entries.Sum(entry => entry.Input), entries.Sum(entry => entry.Output), entries.Sum(entry => entry.Cost), budget);
        Expect(books.Calls == books.Entries, $"The provider saw {books.Calls} calls and the ledger has {books.Entries} entries.");
        Expect(books.BilledInput == books.LedgerInput, $"The provider bills {books.BilledInput} tokens in, the ledger has {books.LedgerInput}.");
        Expect(books.BilledOutput == books.LedgerOutput, $"The provider bills {books.BilledOutput} tokens out, the ledger has {books.LedgerOutput}.");
        Expect(books.LedgerCost == budget.Spent, $"The ledger sums to {books.LedgerCost} and the budget has {budget.Spent} spent.");
        Expect(budget.Held == 0, $"The budget still holds {budget.Held} with no call running.");
        table.ShowBooks(books);
    }

    private void Expect(DemoCall call, bool holds, string otherwise) =>
        Expect(holds, $"Call {call.Number} ({call.Step.Call}, {call.Step.Model}) {otherwise}.");

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
            _problems.Add(otherwise);
    }
}
