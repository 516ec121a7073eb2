using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Learning;

/// <summary>Calls to a simulated Claude, each quoted with what the calls before it taught. The figures of the README of Learning are printed here.</summary>
public sealed class ReplayTests(ITestOutputHelper output)
{
    private const int Calls = 10_000;

    private static readonly LearnedKey Key = new(Provider.Anthropic, "claude", "acme");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Expected_is_within_5_percent_after_50_calls_and_Worst_is_never_below_the_truth(int seed)
    {
        var (model, learner) = (new SimulatedClaude(seed), new Learner());
        var errors = new List<double>();
        double worst = 0, bound = 0;
        for (var call = 0; call < Calls; call++)
        {
            // Ten percent up and down within 3,000 calls, while what the tenant talks about changes.
            model.Level = 0.95 + 0.1 * Math.Sin(call * 2 * Math.PI / 3_000 + seed);
            model.Topics = [10, 5 + 4 * Math.Sin(call / 700.0), 2 + 2 * Math.Sin(call / 1_100.0 + seed), 1, 0.3];
            var (estimate, actual) = model.Next();
            var refined = learner.Refine(Key, SimulatedClaude.Profile, estimate);
            Assert.True(refined.Bound >= actual, $"call {call}: {actual} of at most {refined.Bound}");
            Assert.InRange(refined.Bound, refined.Tokens, estimate.Bound);
            learner.LearnInput(Key, SimulatedClaude.Profile, refined.Mix, actual);
            if (call < 50)
                continue;
            errors.Add(Math.Abs(refined.Tokens - actual) / (double)actual);
            worst += refined.Bound;
            bound += estimate.Bound;
        }

        errors.Sort();
        output.WriteLine($"seed {seed}: error of Expected median {errors[errors.Count / 2]:P2}, p95 {errors[errors.Count * 95 / 100]:P2}, max {errors[^1]:P2}; Worst {worst / bound:P1} of the static bound");
        Assert.InRange(errors[errors.Count / 2], 0, 0.02);
        Assert.InRange(errors[errors.Count * 95 / 100], 0, 0.05);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_a_sudden_step_two_calls_at_most_are_above_their_bound_and_Expected_is_back_within_100(int seed)
    {
        var (model, learner) = (new SimulatedClaude(seed) { Level = 0.9 }, new Learner());
        var (over, late) = (0, new List<double>());
        for (var call = 0; call < 2_200; call++)
        {
            if (call == 2_000)
                model.Level *= 1.3;
            var (estimate, actual) = model.Next();
            var refined = learner.Refine(Key, SimulatedClaude.Profile, estimate);
            Assert.True(call >= 2_000 || refined.Bound >= actual);
            over += actual > refined.Bound ? 1 : 0;
            learner.LearnInput(Key, SimulatedClaude.Profile, refined.Mix, actual);
            if (call >= 2_100)
                late.Add(Math.Abs(refined.Tokens - actual) / (double)actual);
        }

        late.Sort();
        output.WriteLine($"seed {seed}: {over} above the bound, then p95 {late[95]:P2}");
        Assert.InRange(over, 0, 2);
        Assert.InRange(late[95], 0, 0.05);
    }
}
