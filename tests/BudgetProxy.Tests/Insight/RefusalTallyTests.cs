using BudgetProxy.Insight;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Insight;

public sealed class RefusalTallyTests
{
    private readonly TestClock _clock = new();
    private readonly RefusalTally _tally;

    public RefusalTallyTests() => _tally = new RefusalTally(_clock);

    [Fact]
    public void Every_refusal_is_given_once_in_its_own_hour()
    {
        _tally.Count("acme", "budget_exceeded", "monthly", "gpt-4o");
        _tally.Count("acme", "budget_exceeded", "monthly", "gpt-4o");
        var first = Assert.Single(_tally.Take());
        Assert.Equal((2, _clock.Now), (first.Count, first.LastAt));
        Assert.Empty(_tally.Take());

        _tally.Count("acme", "budget_exceeded", "monthly", "gpt-4o");
        _clock.Advance(TimeSpan.FromHours(1));
        _tally.Count("acme", "budget_exceeded", "monthly", "gpt-4o");
        Assert.Equal([first.Hour, first.Hour.AddHours(1)], _tally.Take().Select(count => count.Hour));
    }

    [Fact]
    public void What_could_not_be_written_comes_again()
    {
        _tally.Count("acme", "budget_exceeded", "monthly", null);
        _tally.GiveBack(_tally.Take());
        _tally.Count("acme", "budget_exceeded", "monthly", null);
        Assert.Equal(2, _tally.Take().Sum(count => count.Count));
    }

    [Fact]
    public void A_flood_of_models_tenants_and_strangers_is_counted_whole_and_keeps_little()
    {
        for (var i = 0; i < 50_000; i++)
        {
            _tally.Count("acme", "unpriced_model", null, $"made-up-{i}" + new string('x', 500));
            _tally.Count($"t{i}", "model_not_allowed", null, "gpt-4o");
            _tally.Count(null, "invalid_api_key", null, $"made-up-{i}");
        }

        var counts = _tally.Take();
        Assert.Equal(150_000, counts.Sum(count => count.Count));
        Assert.InRange(counts.Count, 1, RefusalLimits.MostInHour + 10);
        Assert.Equal(RefusalLimits.MostOfTenant + 1, counts.Count(count => count.Tenant == "acme"));
        Assert.All(counts, count => Assert.True(count.Model.Length <= RefusalLimits.MostModelChars));
        Assert.Equal(50_000, Assert.Single(counts, count => count.Code == "invalid_api_key").Count);
        for (var outage = 0; outage < 40; outage++)
        {
            _clock.Advance(TimeSpan.FromHours(1));
            for (var i = 0; i < 2_000; i++)
                _tally.Count($"t{i}", "model_not_allowed", null, "gpt-4o");
            _tally.GiveBack(_tally.Take());
        }

        counts = _tally.Take();
        Assert.Equal(80_000, counts.Sum(count => count.Count));
        Assert.InRange(counts.Count, 1, 2 * RefusalLimits.MostInHour);
    }

    [Fact]
    public void The_last_ten_whole_seconds_are_told_by_tenant()
    {
        for (var second = 0; second < 15; second++)
        {
            _tally.Count("acme", "budget_held", "b", null);
            _tally.Count(null, "invalid_api_key", null, null);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(new Dictionary<string, long> { [""] = 10, ["acme"] = 10 }, _tally.OfLate());
    }
}
