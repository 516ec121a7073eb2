using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Rates;
using BudgetProxy.Reservations;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Rates;

/// <summary>One entry priced again.</summary>
public sealed class EntryRepricingTests
{
    private const string Old = "openai/gpt-4o-mini@2024-07-18";
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly RateSnapshot Before = new(RateCard.Shipped, []);

    /// <summary>Half the price of input, the same price of output, and no tiers.</summary>
    private static readonly Rate Cheaper = RateCard.Shipped.Find(Provider.OpenAi, "gpt-4o-mini", Now)! with
    {
        EffectiveFrom = Now.AddDays(-30),
        Tokens = new PriceList { Standard = new TokenPrices { Input = 75_000_000, Output = 600_000_000 } },
    };

    private static readonly RateSnapshot After = Table(Cheaper);

    [Fact]
    public void Where_the_row_is_the_same_nothing_changes() => Assert.Equal(RerateVerdict.Same, Decide(Before, Entry()).Verdict);

    [Fact]
    public void Another_row_books_the_difference_and_no_usage()
    {
        var entry = Entry();
        var (verdict, correction, _) = Decide(After, entry);
        Assert.Equal(RerateVerdict.Changed, verdict);
        // 10,000 tokens of input at 0.075 instead of 0.15 USD a million: 0.75 millicents less; markup of 20 % on it.
        Assert.Equal((new NanoUsd(-750_000), new NanoUsd(-900_000)), (correction!.Cost, correction.Charged));
        Assert.Equal((default(Usage), entry.Id, Cheaper.Id, entry.RequestId), (correction.Usage, correction.Adjusts!.Value, correction.Rate, correction.RequestId));
        Assert.Equal((entry.StartedAt, Now, NanoUsd.Zero, NanoUsd.Zero), (correction.StartedAt, correction.SettledAt, correction.Reserved, correction.Overrun));
        Assert.Equal(entry.Id.ToString()[..13], correction.Id.ToString()[..13]);
        Assert.Equal(7, correction.Id.Version);
    }

    [Fact]
    public void A_call_that_was_dropped_owes_no_fee_by_any_row()
    {
        var fee = Table(Cheaper with { RequestFee = 7_000_000 });
        Assert.Equal(RerateVerdict.Changed, Decide(fee, Entry()).Verdict);
        Assert.Equal(RerateVerdict.Same, Decide(fee, Entry() with { Usage = default, Cost = NanoUsd.Zero, Charged = NanoUsd.Zero, Rate = null }).Verdict);
    }

    [Fact]
    public void What_was_corrected_is_not_corrected_again()
    {
        var entry = Entry();
        var (_, correction, _) = Decide(After, entry);
        Assert.Equal(RerateVerdict.Same, Decide(After, entry, correction!).Verdict);
        // By whomever it is decided, it is the same entry.
        Assert.Equal(correction!.Id, Decide(After, entry).Correction!.Id);
    }

    [Fact]
    public void A_further_row_corrects_from_where_the_last_one_left_it()
    {
        var entry = Entry();
        var first = Decide(After, entry).Correction!;
        var dearer = Cheaper with { EffectiveFrom = Now.AddDays(-20), Tokens = new PriceList { Standard = new TokenPrices { Input = 1_000_000_000, Output = 600_000_000 } } };
        var second = Decide(Table(Cheaper, dearer), entry, first).Correction!;
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(dearer.Price(entry.Usage, ServiceTier.Standard, false, Rounding.HalfEven), entry.Cost + first.Cost + second.Cost);
        Assert.Equal(RerateVerdict.Same, Decide(Table(Cheaper, dearer), entry, first, second).Verdict);
    }

    [Fact]
    public void The_tenants_own_row_and_the_model_that_served_count()
    {
        var own = Cheaper with { Tenant = "acme" };
        Assert.EndsWith("#acme", Decide(Table(own), Entry()).Correction!.Rate, StringComparison.Ordinal);
        Assert.Equal(RerateVerdict.Same, Decide(Table(own), Entry() with { Tenant = "other" }).Verdict);
        // Served by gpt-4o, billed as gpt-4o: a new row of gpt-4o-mini is nothing to it.
        var served = Entry() with { ServedModel = "gpt-4o-2024-08-06", Rate = "openai/gpt-4o@2024-08-06" };
        Assert.Equal(RerateVerdict.Same, Decide(After, served).Verdict);
    }

    [Fact]
    public void Late_usage_is_priced_with_what_it_corrects_before_or_after_a_correction_of_the_price()
    {
        var presumed = Entry() with { Basis = UsageBasis.Presumed };
        var late = presumed with
        {
            Id = Entries.AdjustmentOf(presumed.Id),
            Adjusts = presumed.Id,
            Basis = UsageBasis.Reported,
            Usage = new Usage { Input = -9_000, Output = -900 },
            Cost = new NanoUsd(-1_890_000),
            Charged = new NanoUsd(-2_268_000),
        };
        var real = new Usage { Input = 1_000, Output = 100 };
        var target = Cheaper.Price(real, ServiceTier.Standard, false, Rounding.HalfEven);
        var at = Decide(After, presumed, late).Correction!;
        Assert.Equal(target, presumed.Cost + late.Cost + at.Cost);

        var early = Decide(After, presumed).Correction!;
        var again = Decide(After, presumed, early, late).Correction!;
        Assert.NotEqual(early.Id, again.Id);
        Assert.Equal(target, presumed.Cost + early.Cost + late.Cost + again.Cost);
        Assert.Equal(target.WithMarkup(2_000), presumed.Charged + early.Charged + late.Charged + again.Charged);
        Assert.Equal(RerateVerdict.Same, Decide(After, presumed, early, late, again).Verdict);
    }

    [Fact]
    public void A_call_that_nobody_priced_is_priced_once_there_is_a_row()
    {
        var unpriced = Entry() with { Model = "house", Rate = null, Cost = NanoUsd.Zero, Charged = NanoUsd.Zero, ServedModel = null };
        Assert.Equal(RerateVerdict.Same, Decide(After, unpriced).Verdict);
        var correction = Decide(Table(Cheaper with { Model = "house", Aliases = [] }), unpriced).Correction!;
        Assert.Equal((new NanoUsd(1_350_000), new NanoUsd(1_620_000)), (correction.Cost, correction.Charged));
    }

    [Fact]
    public void An_entry_without_its_tier_is_priced_where_the_old_price_tells_it()
    {
        var tiered = Table(Cheaper with { Tokens = Cheaper.Tokens! with { Batch = new TokenPrices { Input = 1, Output = 1 }, Fast = new TokenPrices { Input = 2, Output = 2 } } });
        var old = Entry() with { Tier = null, Regional = null };
        Assert.Equal(new NanoUsd(-750_000), Decide(tiered, old).Correction!.Cost);
        // Batch was half of everything: that too is told by the price.
        var batch = old with { Cost = new NanoUsd(1_050_000), Charged = new NanoUsd(1_260_000) };
        Assert.Equal(new NanoUsd(-1_050_000), Decide(tiered, batch).Correction!.Cost);
    }

    [Fact]
    public void An_entry_that_nothing_tells_is_left_out()
    {
        var tiered = Table(Cheaper with { Tokens = Cheaper.Tokens! with { Batch = new TokenPrices { Input = 1, Output = 1 } } });
        // By a row that is not known any more, at any tier.
        Assert.Equal(RerateVerdict.PriceUnknown, Decide(tiered, Entry() with { Tier = null, Regional = null, Rate = "openai/gpt-4o-mini@2001-01-01" }).Verdict);
        // At a price that the old row can't come to.
        Assert.Equal(RerateVerdict.PriceUnknown, Decide(tiered, Entry() with { Tier = null, Regional = null, Cost = new NanoUsd(5), Charged = new NanoUsd(6) }).Verdict);
        // By no row at all, and not for nothing.
        Assert.Equal(RerateVerdict.PriceUnknown, Decide(tiered, Entry() with { Rate = null }).Verdict);
    }

    [Theory]
    [InlineData(2_100_000, 2_520_000, 2_000)]
    [InlineData(2_100_000, 2_100_000, 0)]
    [InlineData(2_100_000, 0, -10_000)]
    [InlineData(2_100_000, 2_362_500, 1_250)]
    public void A_markup_that_was_not_kept_is_read_off_what_was_charged(long cost, long charged, int markup)
    {
        var entry = Entry() with { Cost = new NanoUsd(cost), Charged = new NanoUsd(charged), MarkupBasisPoints = null };
        var correction = Decide(After, entry).Correction!;
        Assert.Equal(new NanoUsd(1_350_000).WithMarkup(markup) - entry.Charged, correction.Charged);
    }

    [Fact]
    public void A_markup_that_several_would_explain_is_left_out()
    {
        // 4 nano-dollars with 5 % or with 10 % on them are 4 nano-dollars.
        var tiny = Entry() with { Usage = new Usage { Output = 0, Input = 27 }, Cost = new NanoUsd(4_050), Charged = new NanoUsd(4_050), MarkupBasisPoints = null };
        Assert.Equal(RerateVerdict.Changed, Decide(After, tiny).Verdict);
        var dear = Table(Cheaper with { Tokens = new PriceList { Standard = new TokenPrices { Input = 75_000_000_000_000, Output = 1 } } });
        Assert.Equal(RerateVerdict.MarkupUnknown, Decide(dear, tiny).Verdict);
        Assert.Equal(RerateVerdict.MarkupUnknown, Decide(After, Entry() with { Model = "gpt-4o-mini", Rate = null, Cost = NanoUsd.Zero, Charged = NanoUsd.Zero, MarkupBasisPoints = null }).Verdict);
    }

    /// <summary>Whatever rows follow each other, the books end at the last one's price, and one more look changes nothing.</summary>
    [Fact]
    public void The_books_end_at_the_price_of_the_row_in_force() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ListOf(4).Zip(Gen.Choose(-10_000, 5_000)).Zip(Gen.Choose(1, 200_000).Two()).ToArbitrary(),
        drawn =>
        {
            var ((prices, markup), (input, output)) = drawn;
            var usage = new Usage { Input = input, Output = output };
            var old = RateCard.Shipped.Find(Provider.OpenAi, "gpt-4o-mini", Now)!;
            var cost = old.Price(usage, ServiceTier.Standard, false, Rounding.HalfEven);
            var entry = Entry() with { Usage = usage, Cost = cost, Charged = cost.WithMarkup(markup), MarkupBasisPoints = markup };
            var rows = new List<Rate>();
            var corrections = new List<LedgerEntry>();
            foreach (var price in prices)
            {
                rows.Add(Cheaper with { EffectiveFrom = Now.AddDays(-30 + rows.Count), Tokens = new PriceList { Standard = new TokenPrices { Input = price * 1_000L, Output = price } } });
                if (Decide(Table([.. rows]), entry, [.. corrections]).Correction is { } correction)
                    corrections.Add(correction);
            }

            var target = rows[^1].Price(usage, ServiceTier.Standard, false, Rounding.HalfEven);
            return corrections.Aggregate(entry.Cost, (sum, one) => sum + one.Cost) == target
                && corrections.Aggregate(entry.Charged, (sum, one) => sum + one.Charged) == target.WithMarkup(markup)
                && Decide(Table([.. rows]), entry, [.. corrections]).Verdict == RerateVerdict.Same;
        }).QuickCheckThrowOnFailure();

    private static (RerateVerdict Verdict, LedgerEntry? Correction, EntryRepricing Repricing) Decide(RateSnapshot table, LedgerEntry entry, params LedgerEntry[] corrections)
    {
        var repricing = new EntryRepricing(table, entry, corrections);
        return (repricing.Decide(Now), repricing.Correction, repricing);
    }

    private static RateSnapshot Table(params Rate[] added) => new(RateCard.Shipped, [.. added.Select((rate, i) => new RateRow(rate, i + 1, "adk", Now))]);

    /// <summary>10,000 tokens in and 1,000 out on gpt-4o-mini: 1.5 + 0.6 millicents.</summary>
    private static LedgerEntry Entry()
    {
        var id = Guid.CreateVersion7(Now.AddDays(-1));
        return new LedgerEntry
        {
            Id = id,
            RequestId = id,
            Tenant = "acme",
            Key = "key_1",
            Provider = "openai",
            Api = "chat/completions",
            Model = "gpt-4o-mini",
            ServedModel = "gpt-4o-mini-2024-07-18",
            Rate = Old,
            Basis = UsageBasis.Reported,
            Usage = new Usage { Input = 10_000, Output = 1_000 },
            Cost = new NanoUsd(2_100_000),
            Charged = new NanoUsd(2_520_000),
            Reserved = new NanoUsd(5_000_000),
            Overrun = NanoUsd.Zero,
            Status = 200,
            Tier = ServiceTier.Standard,
            Regional = false,
            MarkupBasisPoints = 2_000,
            StartedAt = Now.AddDays(-1),
            SettledAt = Now.AddDays(-1),
        };
    }
}
