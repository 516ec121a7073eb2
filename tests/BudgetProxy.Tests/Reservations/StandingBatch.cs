using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Reservations;

/// <summary>Lines that are reserved as one and end in parts, as a batch's do. Each line uses as many tokens in as out, and costs a nano-dollar for each of them.</summary>
public sealed class StandingBatch
{
    private readonly List<List<int>> _holdsOf = [];

    /// <param name="lines">Who asks which model for how much at worst.</param>
    /// <param name="user">Whose the batch itself is, with the model of its first line.</param>
    public StandingBatch(
        StoreScenario s, IReadOnlyList<Budget> budgets, IReadOnlyList<(string? User, string Model, long Amount)> lines, string? user = null, TimeSpan? lifetime = null)
    {
        Lines = lines;
        var whole = s.Call(lines.Sum(line => line.Amount), [], user, model: lines[0].Model);
        var holds = new List<Hold>();
        foreach (var line in lines)
        {
            var own = new List<Hold>();
            BudgetMatcher.Match(
                budgets, whole.Caller with { User = line.User }, Provider.OpenAi, line.Model,
                CallBounds.Strict(new NanoUsd(line.Amount), UsageOf(line.Amount).Total, whole.MarkupBasisPoints), own);
            _holdsOf.Add(own.ConvertAll(hold => Merge(holds, hold)));
        }

        foreach (var budget in budgets)
        {
            if (BudgetMatcher.Matches(budget, whole.Caller, "openai", whole.Model))
                Merge(holds, new Hold(budget, BudgetMatcher.ScopeValue(budget, whole.Caller, "openai", whole.Model), 0));
        }

        Reservation = whole with { Standing = true, Lifetime = lifetime ?? TimeSpan.FromDays(7), Holds = holds };
    }

    public IReadOnlyList<(string? User, string Model, long Amount)> Lines { get; }

    public Reservation Reservation { get; }

    public Guid Id => Reservation.Id;

    public static Usage UsageOf(long amount) => Usage.Inclusive(amount, 0, 0, 0, amount);

    /// <summary>A part in which these lines end.</summary>
    /// <param name="ended">By number of the line: what it costs; null = it is not billed.</param>
    public PartSettlement Part(int number, IReadOnlyList<Budget> budgets, params IReadOnlyList<(int Line, long? Cost)> ended)
    {
        var shares = new long[Reservation.Holds.Count];
        foreach (var (line, _) in ended)
        {
            foreach (var hold in _holdsOf[line])
                shares[hold] += AmountIn(Reservation.Holds[hold].Budget, Lines[line].Amount);
        }

        var released = ended.Sum(line => Lines[line.Line].Amount);
        return new PartSettlement
        {
            Part = number,
            Entries = [.. ended.Where(line => line.Cost is not null).Select(line => EntryOf(line.Line, line.Cost!.Value))],
            Budgets = budgets,
            Shares = shares,
            Released = new NanoUsd(released),
            ReleasedUsage = UsageOf(released),
        };
    }

    public LedgerEntry EntryOf(int line, long cost)
    {
        var (user, model, amount) = Lines[line];
        var call = ReservedCall.Of(Reservation, Reservation.StartedAt) with
        {
            Id = IdOf(line),
            Caller = Reservation.Caller with { User = user },
            Model = model,
            Amount = new NanoUsd(amount),
            WorstUsage = UsageOf(amount),
        };
        return Entries.Settled(call, StoreScenario.Cost(cost), Reservation.StartedAt.AddDays(30));
    }

    private Guid IdOf(int line)
    {
        Span<byte> bytes = stackalloc byte[16];
        Id.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[9] ^= 1;
        bytes[10] ^= (byte)(line >> 8);
        bytes[11] ^= (byte)line;
        return new Guid(bytes, bigEndian: true);
    }

    private static int Merge(List<Hold> holds, Hold hold)
    {
        var at = holds.FindIndex(other => other.Budget == hold.Budget && other.ScopeValue == hold.ScopeValue);
        if (at < 0)
        {
            holds.Add(hold);
            return holds.Count - 1;
        }

        holds[at] = holds[at] with { Amount = holds[at].Amount + hold.Amount };
        return at;
    }

    private static long AmountIn(Budget budget, long amount) => BudgetMatcher.AskedOf(budget.LimitKind, new NanoUsd(amount), StoreScenario.Markup, UsageOf(amount).Total);
}
