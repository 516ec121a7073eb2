using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Learning;

public sealed class LearnerTests
{
    private static readonly ModelProfile Profile = SimulatedClaude.Profile;
    private static readonly ModelProfile Own = new() { ExactEncoding = true, Reasoning = true };
    private static readonly LearnedKey Acme = new(Provider.Anthropic, "claude", "acme");
    private static readonly LearnedKey Other = Acme with { Tenant = "other" };

    [Fact]
    public void A_tenant_moves_no_others_bound()
    {
        var learner = new Learner();
        var estimate = English(1_000);
        Teach(learner, Acme, estimate, 1_100, 500);
        Assert.True(learner.Refine(Acme, Profile, estimate).Bound < estimate.Bound);
        Assert.Equal(estimate.Bound, learner.Refine(Other, Profile, estimate).Bound);
        Teach(learner, Acme, estimate, 3_000, 10);
        Assert.Equal(estimate.Bound, learner.Refine(Other, Profile, estimate).Bound);
    }

    [Fact]
    public void The_best_guess_is_shared_and_then_a_tenants_own()
    {
        var learner = new Learner();
        var estimate = English(1_000);
        Teach(learner, Acme, estimate, 1_400, 200);
        Assert.InRange(learner.Refine(Other, Profile, estimate).Tokens, 1_390, 1_410);
        Teach(learner, Other, estimate, 1_700, Learner.OwnCalls);
        Assert.InRange(learner.Refine(Other, Profile, estimate).Tokens, 1_680, 1_720);
    }

    [Fact]
    public void Few_calls_and_strange_scripts_lower_no_bound()
    {
        var learner = new Learner();
        Teach(learner, Acme, English(1_000), 1_400, Learner.OwnCalls - 1);
        Assert.Equal(English(1_000).Bound, learner.Refine(Acme, Profile, English(1_000)).Bound);
        Teach(learner, Acme, English(1_000), 1_400, 500);
        Assert.True(learner.Refine(Acme, Profile, English(1_000)).Bound < English(1_000).Bound);
        var chinese = Estimate(new ScriptMix(0, 0, 0, 1_300, 0), 1_000);
        Assert.Equal(chinese.Bound, learner.Refine(Acme, Profile, chinese).Bound);
    }

    [Fact]
    public void The_bound_stays_above_nine_tenths_of_the_measured_ratio()
    {
        var learner = new Learner();
        Teach(learner, Acme, English(1_000), 300, 5_000);
        Assert.InRange(learner.Refine(Acme, Profile, English(1_000)).Bound, 1_395, 1_420);
    }

    [Fact]
    public void A_text_above_its_bound_raises_the_next_ones()
    {
        var learner = new Learner();
        Teach(learner, Acme, English(1_000), 2_000, 1);
        Assert.InRange(learner.Refine(Acme, Profile, English(1_000)).Bound, 2_000, 2_200);
    }

    [Fact]
    public void What_can_not_be_told_apart_teaches_nothing()
    {
        var learner = new Learner();
        var estimate = English(1_000);
        Teach(learner, Acme, estimate with { Mix = estimate.Mix with { Separable = false } }, 3_000, 100);
        Assert.Equal(estimate, learner.Refine(Acme, Profile, estimate));
        Assert.Equal(0, learner.Count);
    }

    [Fact]
    public void A_script_met_in_small_shares_alone_lowers_no_bound_by_what_it_leads_to()
    {
        var learner = new Learner();
        for (var call = 0; call < 300; call++)
        {
            Teach(learner, Acme, Estimate(new ScriptMix(4_000, 0, 0, 0, 0), 1_000), 1_550, 1);
            Teach(learner, Acme, Estimate(new ScriptMix(3_600, 400, 0, 0, 0), 1_000), 1_450, 1);
        }

        var code = learner.Refine(Acme, Profile, Estimate(new ScriptMix(0, 4_000, 0, 0, 0), 1_000));
        Assert.InRange(code.Bound, 1_600, 1_800);
        Assert.True(code.Tokens >= 1_000, $"{code.Tokens} expected");
    }

    [Fact]
    public void A_model_with_its_own_tokenizer_is_raised_by_what_exceeded_it_and_by_nothing_else()
    {
        var learner = new Learner();
        var estimate = new InputEstimate(408, 476, CountMethod.Calibrated, 0, new InputMix(default, 0, 408, 476, 0, true));
        Teach(learner, Acme, estimate, 300, 1_000, Own);
        Assert.Equal(estimate, learner.Refine(Acme, Own, estimate));
        Teach(learner, Acme, estimate, 510, 1, Own);
        Assert.InRange(learner.Refine(Acme, Own, estimate).Bound, 510, 560);
        Assert.Equal(estimate, learner.Refine(Other, Own, estimate));
        Teach(learner, Acme, estimate, 300, 10_000, Own);
        Assert.InRange(learner.Refine(Acme, Own, estimate).Bound, 476, 501);
    }

    [Fact]
    public void Calls_without_text_of_a_stand_in_lower_no_bound_of_its_texts()
    {
        var learner = new Learner();
        Teach(learner, Acme, English(1_000), 2_000, 1);
        var raised = learner.Refine(Acme, Profile, English(1_000)).Bound;
        var images = new InputEstimate(900, 1_000, CountMethod.Calibrated, 0, new InputMix(default, 0, 900, 1_000, 0, true));
        Teach(learner, Acme, images, 900, 200);
        Assert.Equal(raised, learner.Refine(Acme, Profile, English(1_000)).Bound);
        Teach(learner, Acme, images, 3_000, 1);
        Assert.Equal(raised, learner.Refine(Acme, Profile, English(1_000)).Bound);
    }

    [Fact]
    public void A_guess_that_rests_on_all_tenants_says_so()
    {
        var learner = new Learner();
        Teach(learner, Acme, English(1_000), 1_400, 200);
        Assert.False(learner.Refine(Acme, Profile, English(1_000)).Pooled);
        Assert.True(learner.Refine(Other, Profile, English(1_000)).Pooled);
        Assert.Equal(English(1_000).Tokens, English(1_000).Mix.Guess(Profile.ExpectedPercent));
    }

    [Fact]
    public void Answers_are_expected_at_their_median()
    {
        var learner = new Learner();
        for (var i = 1; i < Learner.OutputCalls; i++)
            learner.LearnOutput(Acme, 300);
        Assert.Null(learner.ExpectedOutput(Acme));
        for (var i = 0; i < 200; i++)
            learner.LearnOutput(Acme, i % 3 == 0 ? 10_000 : 300);
        Assert.InRange(learner.ExpectedOutput(Acme)!.Value, 273, 330);
        Assert.Null(learner.ExpectedOutput(Other));
    }

    [Fact]
    public void It_keeps_no_more_than_it_may()
    {
        var learner = new Learner(64);
        for (var i = 0; i < 1_000; i++)
            learner.LearnOutput(Acme with { Tenant = "t" + i }, 5);
        Assert.InRange(learner.Count, 32, 64);
    }

    [Fact]
    public void Asking_allocates_nothing()
    {
        var learner = new Learner();
        Teach(learner, Acme, English(1_000), 1_400, 100);
        learner.LearnOutput(Acme, 5);
        for (var i = 0; i < 100; i++)
            Ask(learner);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Ask(learner);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Ask(Learner learner)
    {
        learner.Refine(Acme, Profile, English(1_000));
        learner.Refine(Other, Profile, English(1_000));
        learner.ExpectedOutput(Acme);
    }

    private static void Teach(Learner learner, LearnedKey key, in InputEstimate estimate, long actual, int calls, ModelProfile? profile = null)
    {
        for (var i = 0; i < calls; i++)
            learner.LearnInput(key, profile ?? Profile, estimate.Mix, actual);
    }

    private static InputEstimate English(long tokens) => Estimate(new ScriptMix(tokens * 4, tokens / 8, 0, 0, 0), tokens);

    private static InputEstimate Estimate(ScriptMix scripts, long tokens) =>
        new(tokens * 155 / 100, tokens * 180 / 100, CountMethod.Calibrated, 0, new InputMix(scripts, tokens, 0, 0, tokens * 180 / 100, true));
}
