using System.Text;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Demo;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>The audit finds what it is there to find: it is the judge of every race.</summary>
public sealed class AuditTests
{
    /// <summary>Of gpt-4o-mini in nano-dollars: 150 for a token in, 600 for one out.</summary>
    private const long Cost = (10 * 150) + (20 * 600);

    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Books_that_agree_have_no_violation() => Assert.Empty(Check(Call(), [Billed()], [Entry()]));

    [Fact]
    public void What_was_presumed_and_then_adjusted_to_the_truth_agrees() => Assert.Empty(Check(
        Call(), [Billed()], [Entry(cost: Cost + 500) with { Basis = "presumed" }, Entry(id: "b", cost: -500) with { Adjusts = "a" }]));

    [Fact]
    public void A_call_that_the_ledger_has_not_is_found() => Assert.Contains("no entry", Only(Check(Call(), [Billed()], [])));

    [Fact]
    public void A_call_booked_twice_is_found() =>
        Assert.Contains(Check(Call(), [Billed()], [Entry(), Entry(id: "b")]), violation => violation.Contains("2 entries", StringComparison.Ordinal));

    [Fact]
    public void An_id_given_twice_is_found() =>
        Assert.Contains(Check(Call(), [Billed()], [Entry(), Entry()]), violation => violation.Contains("twice", StringComparison.Ordinal));

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_nano_dollar_off_is_found(long off) => Assert.Contains("is booked as", Only(Check(Call(), [Billed()], [Entry(cost: Cost + off)])));

    [Fact]
    public void A_refused_call_that_was_sent_is_found() => Assert.Contains(
        Check(Call(CallOutcome.Refused), [Billed()], [Entry()]), violation => violation.Contains("refused and reached", StringComparison.Ordinal));

    [Fact]
    public void An_entry_for_what_the_provider_never_saw_is_found() =>
        Assert.Contains("is booked as", Only(Check(Call(CallOutcome.Refused), [], [Entry() with { Basis = "presumed" }])));

    [Fact]
    public void An_entry_of_nobodys_call_is_found() =>
        Assert.Contains("nobody made", Only(Check(Call(), [Billed()], [Entry(), Entry(id: "b") with { Run = "c00000009" }])));

    [Fact]
    public void An_adjustment_of_nothing_is_found() =>
        Assert.Contains(Check(Call(), [Billed()], [Entry(), Entry(id: "b", cost: 0) with { Adjusts = "x" }]), violation => violation.Contains("adjusts", StringComparison.Ordinal));

    [Fact]
    public void An_excused_call_may_be_booked_above_and_never_below()
    {
        Assert.Empty(CallAudit.Check([Call(CallOutcome.Broken)], [Billed()], [Entry(cost: Cost + 1)], _ => true));
        Assert.Single(CallAudit.Check([Call(CallOutcome.Broken)], [Billed()], [Entry(cost: Cost - 1)], _ => true));
        Assert.Single(CallAudit.Check([Call(CallOutcome.Broken)], [Billed()], [], _ => true));
    }

    [Theory]
    [InlineData(true, "presumed", 0, 0)]
    [InlineData(true, "presumed", -1, 1)]
    [InlineData(true, "reported", 0, 1)]
    [InlineData(false, "presumed", 0, 1)]
    public void An_overrun_that_a_killed_proxy_was_never_told_may_be_booked_at_the_worst_that_the_call_allowed(
        bool overruns, string basis, long off, int violations)
    {
        const long Allowed = (10 * 150) + (50 * 600);
        var billed = Billed(output: 200);
        var entry = Entry(cost: Allowed + off) with { Basis = basis };
        Assert.Equal(violations, CallAudit.Check([Call(CallOutcome.Broken, overruns)], [billed], [entry], _ => true).Count);
    }

    [Theory]
    [InlineData(Cost, 0, 0, 0)]
    [InlineData(Cost - 1, 0, 0, 1)]
    [InlineData(Cost, 7, 0, 1)]
    [InlineData(Cost, 0, 1, 1)]
    [InlineData(Cost, 0, -1, 0)]
    public void Counters_are_held_against_ledger_and_limit(long spent, long held, long aboveLimit, int violations)
    {
        var budget = new BudgetSpec("wide", "month", null, LimitKind.Usd, Cost - aboveLimit, "month");
        Assert.Equal(violations, CounterAudit.Check([budget], [new CounterRow(budget, "", spent, held)], [Entry()], Now).Count);
    }

    [Fact]
    public void Only_flagged_overruns_pass_a_limit()
    {
        var budget = new BudgetSpec("wide", "month", null, LimitKind.Usd, Cost - 10, "month");
        Assert.Empty(CounterAudit.Check([budget], [new CounterRow(budget, "", Cost, 0)], [Entry() with { Overrun = 10 }], Now));
        Assert.Single(CounterAudit.Check([budget], [new CounterRow(budget, "", Cost, 0)], [Entry() with { Overrun = 9 }], Now));
    }

    [Fact]
    public void A_counter_that_is_not_shown_is_found()
    {
        var budget = new BudgetSpec("wide", "users", "user", LimitKind.Usd, Cost, "day");
        Assert.Single(CounterAudit.Check([budget], [], [Entry()], Now));
        Assert.Empty(CounterAudit.Check([budget], [], [Entry() with { StartedAt = Now.AddDays(-1) }], Now));
    }

    private static List<string> Check(PlannedCall call, SimulatedCall[] billed, LedgerRow[] ledger) => CallAudit.Check([call], billed, ledger, _ => false);

    private static string Only(List<string> violations) => Assert.Single(violations);

    private static PlannedCall Call(CallOutcome outcome = CallOutcome.Served, bool overruns = false) => new()
    {
        Number = 1, Tenant = "wide", User = "u", Project = "p", Anthropic = false, Streamed = false, MaxTokens = 50, OutputTokens = 20, Outcome = outcome,
        Overruns = overruns,
    };

    private static SimulatedCall Billed(long output = 20) => new()
    {
        Number = 1,
        Method = "POST",
        Path = "/v1/chat/completions",
        Query = "",
        Headers = new Dictionary<string, string>(),
        StartedAt = Now,
        Body = Encoding.UTF8.GetBytes("Call 00000001"),
        Status = 200,
        Billed = new Usage { Input = 10, Output = output },
    };

    private static LedgerRow Entry(string id = "a", long cost = Cost) =>
        new(id, "r", "wide", "u", "p", "c00000001", "reported", cost, cost, 0, 30, Now, Now, null);
}
