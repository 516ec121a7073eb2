using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Reservations;

/// <summary>What an entry was priced at, as far as it takes to price it again.</summary>
public abstract partial class ReservationStoreContract
{
    [Theory]
    [InlineData(null, null)]
    [InlineData(ServiceTier.Standard, false)]
    [InlineData(ServiceTier.Batch, true)]
    [InlineData(ServiceTier.Fast, false)]
    public async Task The_tier_the_region_and_the_markup_that_were_billed_are_kept(ServiceTier? tier, bool? regional)
    {
        using var s = Begin();
        var settled = s.Call(10, []);
        await s.ReserveAsync(settled);
        await s.Store.SettleAsync("acme", settled.Id, StoreScenario.Cost(5) with { Tier = tier, Regional = regional }, CancellationToken.None);
        var expired = s.Call(10, []) with { Tier = tier, Regional = regional };
        await s.ReserveAsync(expired);
        s.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await s.ExpireAsync());
        var late = StoreScenario.Cost(4) with { Tier = ServiceTier.Flex, Regional = true };
        Assert.Equal(SettleOutcome.Adjusted, await s.Store.SettleAsync("acme", expired.Id, late, CancellationToken.None));

        var entries = (await s.EntriesAsync()).OrderBy(entry => entry.SettledAt).ThenBy(entry => entry.Adjusts is not null).ToList();
        Assert.Equal([UsageBasis.Reported, UsageBasis.Presumed, UsageBasis.Reported], entries.Select(entry => entry.Basis));
        Assert.All(entries, entry => Assert.Equal(1_500, entry.MarkupBasisPoints));
        Assert.Equal([(tier, regional), (tier, regional), (ServiceTier.Flex, true)], entries.Select(entry => (entry.Tier, entry.Regional)));
    }
}
