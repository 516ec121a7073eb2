using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Budgets;

public sealed class BudgetMatcherTests
{
    private static readonly Caller Ann = new() { Tenant = "acme", Key = "key_1", User = "ann", Project = "web", Run = "r1", Tags = [new("team", "blue")] };
    private static readonly Caller Nobody = new() { Tenant = "acme", Key = "key_1" };

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "x", true)]
    [InlineData("", "", true)]
    [InlineData("", "x", false)]
    [InlineData("gpt-4o*", "gpt-4o", true)]
    [InlineData("gpt-4o*", "gpt-4o-mini", true)]
    [InlineData("gpt-4o", "gpt-4o-mini", false)]
    [InlineData("gpt-4o*", "GPT-4o", false)]
    [InlineData("*mini", "gpt-4o-mini", true)]
    [InlineData("*mini", "gpt-4o-mini-2024", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c-b", false)]
    [InlineData("**a**", "bab", true)]
    [InlineData("a.c", "abc", false)]
    public void Stars_stand_for_any_run(string pattern, string text, bool matches) => Assert.Equal(matches, Wildcard.IsMatch(pattern, text));

    [Fact]
    public void Patterns_that_make_others_backtrack_end_soon()
    {
        var pattern = string.Concat(Enumerable.Repeat("a*", 30)) + "b";
        Assert.False(Wildcard.IsMatch(pattern, new string('a', 1_000_000)));
    }

    [Fact]
    public void Every_condition_must_hold()
    {
        var budget = Budget("b") with
        {
            Match =
            [
                new(BudgetDimension.Model, null, "gpt-4o*"),
                new(BudgetDimension.Provider, null, "openai"),
                new(BudgetDimension.Tag, "team", "blue"),
            ],
        };
        Assert.Single(Match(Ann, "gpt-4o", budget));
        Assert.Empty(Match(Ann, "o3", budget));
        Assert.Empty(Match(Nobody, "gpt-4o", budget));
    }

    [Theory]
    [InlineData(BudgetDimension.User, "ann", "")]
    [InlineData(BudgetDimension.Project, "web", "")]
    [InlineData(BudgetDimension.Key, "key_1", "key_1")]
    [InlineData(BudgetDimension.Model, "gpt-4o", "gpt-4o")]
    [InlineData(BudgetDimension.Run, "r1", "")]
    [InlineData(BudgetDimension.Tag, "blue", "")]
    public void A_call_without_the_value_counts_under_the_empty_one(BudgetDimension per, string named, string unnamed)
    {
        var budget = Budget("b") with { Per = per, PerTag = per == BudgetDimension.Tag ? "team" : null };
        Assert.Equal(named, Assert.Single(Match(Ann, "gpt-4o", budget)).ScopeValue);
        Assert.Equal(unnamed, Assert.Single(Match(Nobody, "gpt-4o", budget)).ScopeValue);
    }

    [Fact]
    public void Leaving_a_value_out_escapes_no_wildcard()
    {
        var budget = Budget("b") with { Match = [new(BudgetDimension.User, null, "*")] };
        Assert.Single(Match(Nobody, "gpt-4o", budget));
    }

    [Fact]
    public void Amounts_follow_the_kind_of_limit_in_the_order_given()
    {
        var holds = Match(Ann, "gpt-4o", Budget("a"), Budget("b") with { LimitKind = LimitKind.Requests }, Budget("c") with { LimitKind = LimitKind.Tokens }, Budget("d") with { LimitKind = LimitKind.Charged });
        Assert.Equal([("a", 500), ("b", 1), ("c", 70), ("d", 625)], holds.Select(h => (h.Budget.Name, h.Amount)));
    }

    [Fact]
    public void Shape_follows_what_is_counted_and_nothing_else()
    {
        var budget = Budget("b") with { Match = [new(BudgetDimension.User, null, "a"), new(BudgetDimension.Model, null, "m")] };
        Assert.Equal(budget.Shape, (budget with { Limit = 5, Mode = BudgetMode.Shadow, Admission = Admission.Clamp, AlertAtPercent = [50] }).Shape);
        Assert.Equal(budget.Shape, (budget with { Match = [budget.Match[1], budget.Match[0]] }).Shape);
        Budget[] others =
        [
            budget with { Per = BudgetDimension.User },
            budget with { Per = BudgetDimension.Tag, PerTag = "x" },
            budget with { LimitKind = LimitKind.Tokens },
            budget with { LimitKind = LimitKind.Charged },
            budget with { Window = new BudgetWindow(WindowKind.Month, default, TimeZoneInfo.Utc) },
            budget with { Window = budget.Window with { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") } },
            budget with { Match = [new(BudgetDimension.User, null, "a")] },
            budget with { Match = [new(BudgetDimension.User, null, "a Model=m")] },
        ];
        Assert.Equal(others.Length + 1, others.Append(budget).Select(b => b.Shape).Distinct().Count());
    }

    private static List<Hold> Match(Caller caller, string model, params Budget[] budgets)
    {
        var holds = new List<Hold>();
        BudgetMatcher.Match(budgets, caller, Provider.OpenAi, model, CallBounds.Strict(new NanoUsd(500), 70, 2_500), holds);
        return holds;
    }

    private static Budget Budget(string name) => new()
    {
        Tenant = "acme",
        Name = name,
        LimitKind = LimitKind.Usd,
        Limit = 1_000,
        Window = new BudgetWindow(WindowKind.Day, default, TimeZoneInfo.Utc),
    };
}
