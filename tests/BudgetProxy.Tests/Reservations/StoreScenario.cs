using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Reservations;

/// <summary>A store under test with the verbs that the tests speak in; amounts are nano-dollars.</summary>
public sealed class StoreScenario(IStoreFactory factory, TestClock clock) : IDisposable
{
    /// <summary>Of every call, in hundredths of a percent.</summary>
    public const int Markup = 1_500;

    public TestClock Clock { get; } = clock;

    public IReservationStore Store => factory.Store;

    public ILedger Ledger => factory.Ledger;

    public static Budget Money(
        string name, long limit, string window = "day", string zone = "UTC", BudgetDimension? per = null, BudgetMode mode = BudgetMode.Enforce) => new()
    {
        Tenant = "acme",
        Name = name,
        LimitKind = LimitKind.Usd,
        Limit = limit,
        Per = per,
        Mode = mode,
        Window = BudgetWindow.TryParse(window, TimeZoneInfo.FindSystemTimeZoneById(zone), out var parsed) ? parsed : throw new ArgumentException("Not a window.", nameof(window)),
    };

    /// <summary>A call that may come to an amount, and will probably come to a third of it.</summary>
    public Reservation Call(long amount, IReadOnlyList<Budget> budgets, string? user = null, Guid? id = null, string model = "gpt-4o")
    {
        var caller = new Caller { Tenant = "acme", Key = "key_1", User = user, Tags = [new("team", "a\"b")] };
        var usage = Usage.Inclusive(prompt: amount, cached: 0, writtenShort: 0, writtenLong: 0, output: amount);
        var holds = new List<Hold>();
        var guess = new NanoUsd(amount / 3);
        BudgetMatcher.Match(budgets, caller, Provider.OpenAi, model, new CallBounds(new NanoUsd(amount), usage.Total, guess, usage.Total / 3, Markup), holds);
        var expects = budgets.Any(budget => budget.Admission == Admission.Expected);
        return new Reservation
        {
            Id = id ?? Guid.CreateVersion7(Clock.Now),
            Caller = caller,
            Provider = Provider.OpenAi,
            Api = ProviderApi.OpenAiChat,
            Model = model,
            Rate = "openai/gpt-4o@2024-08-06",
            Amount = new NanoUsd(amount),
            WorstUsage = usage,
            Expected = expects ? guess : null,
            ExpectedTokens = expects ? usage.Total / 3 : null,
            MarkupBasisPoints = Markup,
            StartedAt = Clock.Now,
            Lifetime = TimeSpan.FromMinutes(10),
            Holds = holds,
        };
    }

    public static Settlement Cost(long amount, UsageBasis basis = UsageBasis.Reported) =>
        new(Usage.Inclusive(amount, 0, 0, 0, amount), basis, new NanoUsd(amount), "openai/gpt-4o@2024-08-06", "gpt-4o-2024-08-06", 200);

    public async Task<ReserveOutcome> ReserveAsync(Reservation call) => await Store.ReserveAsync(call, TestContext.Current.CancellationToken);

    public async Task<SettleOutcome> SettleAsync(Guid id, long cost) => await Store.SettleAsync("acme", id, Cost(cost), CancellationToken.None);

    public async Task<SettleOutcome> VoidAsync(Guid id) => await Store.VoidAsync("acme", id, CancellationToken.None);

    public async Task<int> ExpireAsync() => await Store.ExpireAsync(CancellationToken.None);

    public async Task SeedAsync(Budget budget) => await Store.SeedAsync(budget, CancellationToken.None);

    public async Task<IReadOnlyList<BudgetState>> ReadAsync(params Budget[] budgets) => await Store.ReadAsync(budgets, CancellationToken.None);

    public async Task<(long Spent, long Held)> CounterAsync(Budget budget)
    {
        var state = Assert.Single(await ReadAsync(budget));
        return (state.Spent, state.Held);
    }

    public async Task<List<LedgerEntry>> EntriesAsync(LedgerFilter? filter = null)
    {
        var entries = new List<LedgerEntry>();
        await foreach (var entry in Ledger.StreamAsync(filter ?? new LedgerFilter(), CancellationToken.None))
            entries.Add(entry);
        return entries;
    }

    /// <summary>The owner dies at this instant and a new one starts on what is left.</summary>
    public void Crash() => factory.Crash();

    public void Dispose() => factory.Dispose();
}
