using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Learning;

public sealed class LearnedPartTests
{
    private static readonly ModelProfile Profile = new() { SafetyPercent = 180, ExpectedPercent = 155 };
    private static readonly LearnedKey Key = new(Provider.Anthropic, "claude", "acme");

    /// <summary>One proxy hands its parts to a store whenever it likes; what the store then has is what it knows itself.</summary>
    [Fact]
    public void Parts_add_up_to_the_whole_and_survive_as_bytes()
    {
        var random = new Random(7);
        Learner whole = new(), again = new();
        LearnedPart? stored = null;
        for (var call = 0; call < 600; call++)
        {
            Teach(whole, random);
            if (random.Next(20) != 0)
                continue;
            foreach (var (_, part) in whole.TakeUnsaved(100).Where(taken => taken.Key == Key))
            {
                var read = LearnedPart.Read(part.ToBytes())!;
                if (stored is null)
                    stored = read;
                else
                    stored.Append(read);
            }
        }

        foreach (var (_, part) in whole.TakeUnsaved(100).Where(taken => taken.Key == Key))
            stored!.Append(part);
        again.Replace(Key, LearnedPart.Read(stored!.ToBytes())!);
        for (var i = 0; i < 50; i++)
        {
            var estimate = Text(random);
            var (expected, actual) = (whole.Refine(Key, Profile, estimate), again.Refine(Key, Profile, estimate));
            Assert.True(expected.Bound < estimate.Bound);
            Assert.InRange(actual.Tokens, expected.Tokens - 1, expected.Tokens + 1);
            Assert.InRange(actual.Bound, expected.Bound - 2, expected.Bound + 2);
        }

        Assert.Equal(whole.ExpectedOutput(Key), again.ExpectedOutput(Key));
    }

    [Fact]
    public void What_could_not_be_saved_is_taken_again_before_what_came_after_it()
    {
        var random = new Random(8);
        var learner = new Learner();
        Teach(learner, random);
        var first = learner.TakeUnsaved(100);
        Assert.Empty(learner.TakeUnsaved(100));
        Teach(learner, random);
        foreach (var (key, part) in first)
            learner.GiveBack(key, part);
        var both = learner.TakeUnsaved(100).Single(taken => taken.Key == Key).Part;
        Assert.Equal(2, both.Input!.Calls);
        Assert.Equal(2, both.Output!.Calls);
    }

    [Fact]
    public void What_the_store_has_takes_the_place_of_what_is_saved_only()
    {
        var random = new Random(9);
        var learner = new Learner();
        Teach(learner, random);
        var stored = learner.TakeUnsaved(100).Single(taken => taken.Key == Key).Part;
        Teach(learner, random);
        // Another proxy's calls came to the store's.
        stored.Append(PartOf(random, calls: Learner.OwnCalls - 2));
        learner.Replace(Key, stored);
        var text = Text(random);
        Assert.True(learner.Refine(Key, Profile, text).Bound < text.Bound);
        Assert.Equal(1, learner.TakeUnsaved(100).Single(taken => taken.Key == Key).Part.Input!.Calls);
    }

    [Fact]
    public void A_tenant_that_is_gone_is_forgotten_and_all_tenants_together_are_not()
    {
        var random = new Random(10);
        var learner = new Learner();
        Teach(learner, random);
        learner.Forget(tenant => tenant == "acme");
        Assert.Equal([""], learner.TakeUnsaved(100).Select(taken => taken.Key.Tenant));
    }

    [Fact]
    public void Damaged_bytes_are_nothing()
    {
        var random = new Random(11);
        var bytes = PartOf(random).ToBytes();
        Assert.NotNull(LearnedPart.Read(bytes));
        Assert.Null(LearnedPart.Read([]));
        Assert.Null(LearnedPart.Read([.. bytes, 0]));
        Assert.Null(LearnedPart.Read(bytes[..^1]));
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var hits = 1 + random.Next(20); hits > 0; hits--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (LearnedPart.Read(damaged) is not { } part)
                continue;
            // What is believed gives no nonsense.
            var learner = new Learner();
            learner.Replace(Key, part);
            var estimate = Text(random);
            var refined = learner.Refine(Key, Profile, estimate);
            Assert.InRange(refined.Bound, estimate.Mix.Counted, 5 * estimate.Bound);
            Assert.InRange(refined.Tokens, 0, refined.Bound);
        }
    }

    private static LearnedPart PartOf(Random random, int calls = 1)
    {
        var learner = new Learner();
        for (var call = 0; call < calls; call++)
            Teach(learner, random);
        return learner.TakeUnsaved(100).Single(taken => taken.Key == Key).Part;
    }

    private static void Teach(Learner learner, Random random)
    {
        var mix = Text(random).Mix;
        learner.LearnInput(Key, Profile, mix, (long)(mix.Counted * (1.3 + (0.1 * random.NextDouble()))));
        learner.LearnOutput(Key, 100 + random.Next(50));
    }

    private static InputEstimate Text(Random random)
    {
        long counted = 2000 + random.Next(3000);
        var mix = new InputMix(new ScriptMix { Latin = (int)(4 * counted), Code = random.Next(1000) }, counted, 0, 0, counted * 180 / 100, true);
        return new InputEstimate(counted * 155 / 100, mix.TextBound, CountMethod.Calibrated) { Mix = mix };
    }
}
