using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Rates;

public sealed class RateRowTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 28, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-11-28T00:00:00Z", null, "openai/m@2026-11-28")]
    [InlineData("2026-11-28T15:40:00Z", null, "openai/m@2026-11-28T15:40:00Z")]
    [InlineData("2026-11-28T15:40:00.007Z", null, "openai/m@2026-11-28T15:40:00.007Z")]
    [InlineData("2026-11-28T00:00:00+02:00", null, "openai/m@2026-11-27T22:00:00Z")]
    [InlineData("2026-11-28T02:00:00+02:00", "acme", "openai/m@2026-11-28#acme")]
    [InlineData("2026-11-28T15:40:00Z", "acme", "openai/m@2026-11-28T15:40:00Z#acme")]
    public void An_id_is_provider_model_beginning_and_tenant(string from, string? tenant, string id) =>
        Assert.Equal(id, Row("m", DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture), 1, tenant).Id);

    [Fact]
    public void A_tenants_row_prices_its_own_calls_by_every_name_of_the_model_and_nobody_elses()
    {
        var card = RateCard.Shipped.With([Row("gpt-4o-mini", Day, 7, "acme")]);
        foreach (var name in new[] { "gpt-4o-mini", "gpt-4o-mini-2024-07-18" })
        {
            Assert.Equal("openai/gpt-4o-mini@2026-11-28#acme", card.Find(Provider.OpenAi, name, Day, "acme")!.Id);
            foreach (var other in new[] { null, "", "acm", "acme2", "ACME" })
                Assert.Equal("openai/gpt-4o-mini@2024-07-18", card.Find(Provider.OpenAi, name, Day, other)!.Id);
            Assert.Equal("openai/gpt-4o-mini@2024-07-18", card.Find(Provider.OpenAi, name, Day.AddTicks(-1), "acme")!.Id);
        }

        Assert.Null(card.Find(Provider.Anthropic, "gpt-4o-mini", Day, "acme"));
        Assert.Equal("openai/gpt-4o@2024-08-06", card.Find(Provider.OpenAi, "gpt-4o", Day, "acme")!.Id);
    }

    [Fact]
    public void Another_share_that_was_put_before_gives_what_follows_another_id()
    {
        var list = The.Row("openai/gpt-4o-mini");
        var next = list with { EffectiveFrom = Day.AddDays(10) };
        var share = RelativeRates.Of(list, "acme", Day, 8_000);
        var before = Assert.Single(RelativeRates.Following([list, next, share]));
        var after = Assert.Single(RelativeRates.Following([list, next, share, RelativeRates.Of(list, "acme", Day.AddDays(1), 7_550)]));
        Assert.Equal(("openai/gpt-4o-mini@2026-12-08#acme*80%", "openai/gpt-4o-mini@2026-12-08#acme*75.5%"), (before.Id, after.Id));
        // So a share may be put that begins with the list price itself.
        Assert.NotEqual(before.Id, RelativeRates.Of(next, "acme", next.EffectiveFrom, 7_000).Id);
    }

    [Fact]
    public void A_row_bills_what_it_says_is_the_very_model_though_that_name_has_a_row_too()
    {
        var dated = The.Row("openai/gpt-4o-mini") with { Model = "gpt-4o-mini-2024-07-18", Aliases = [], EffectiveFrom = Day };
        var asked = The.Row("openai/gpt-4o-mini") with { EffectiveFrom = Day.AddDays(1) };
        var card = RateCard.Shipped.With([dated, asked]);
        var later = Day.AddDays(2);
        Assert.Equal(asked.Id, card.Billing(card.Find(Provider.OpenAi, "gpt-4o-mini", later)!, "gpt-4o-mini-2024-07-18", later, null).Id);
        Assert.Equal(dated.Id, card.Find(Provider.OpenAi, "gpt-4o-mini-2024-07-18", later)!.Id);
    }

    [Fact]
    public void A_model_that_has_no_row_begins_with_the_dearest_fees_of_its_provider()
    {
        var blank = RateCard.Shipped.Blank(Provider.OpenAi, "gpt-7", Day);
        Assert.Equal((10_000_000, 2_500_000, 30_000_000), (blank.ToolCall, blank.FileSearch, blank.CodeSession));
        Assert.Equal((0, 0, 0), (RateCard.Shipped.Blank(Provider.Ollama, "x", Day) is var free ? free.ToolCall : -1, free.FileSearch, free.CodeSession));
    }

    [Fact]
    public void A_tenants_row_for_every_model_prices_those_that_have_no_row()
    {
        var card = RateCard.Shipped.With([Row("*", Day, 7, "acme")]);
        Assert.Equal("openai/*@2026-11-28#acme", card.Find(Provider.OpenAi, "my-own", Day, "acme")!.Id);
        Assert.Null(card.Find(Provider.OpenAi, "my-own", Day));
        Assert.Null(card.Find(Provider.OpenAi, "my-own", Day, "other"));
        Assert.Equal("openai/gpt-4o@2024-08-06", card.Find(Provider.OpenAi, "gpt-4o", Day, "acme")!.Id);
    }

    [Fact]
    public void A_call_is_billed_by_the_model_that_served_it_at_the_tenants_own_price()
    {
        var card = RateCard.Shipped.With([Row("gpt-4o-mini", Day, 7, "acme")]);
        var asked = card.Find(Provider.OpenAi, "gpt-4o-mini", Day, "acme")!;
        Assert.Same(asked, card.Billing(asked, null, Day, "acme"));
        Assert.Same(asked, card.Billing(asked, "gpt-4o-mini-2024-07-18", Day, "acme"));
        Assert.Same(asked, card.Billing(asked, "never-heard-of", Day, "acme"));
        Assert.Equal("openai/gpt-4o@2024-08-06", card.Billing(asked, "gpt-4o-2024-08-06", Day, "acme").Id);
    }

    [Fact]
    public void A_share_of_the_list_price_is_exact_and_follows_the_list()
    {
        var list = RateCard.Shipped.Find(Provider.OpenAi, "gpt-4o-mini", Day)!;
        var own = RelativeRates.Of(list, "acme", Day, 8_000);
        Assert.Equal("openai/gpt-4o-mini@2026-11-28#acme", own.Id);
        Assert.Equal((120_000_000, 60_000_000, 480_000_000), (own.Tokens!.Standard.Input, own.Tokens.Standard.CachedInput, own.Tokens.Standard.Output));
        Assert.Equal((60_000_000, 8_000_000, list.Id), (own.Tokens.Batch!.Input, own.ToolCall, own.List));

        var next = list with { EffectiveFrom = Day.AddDays(10), Tokens = new PriceList { Standard = new TokenPrices { Input = 333, Output = 5 } } };
        var later = Row("gpt-4o-mini", Day.AddDays(20), 9, "acme");
        var beyond = next with { EffectiveFrom = Day.AddDays(30) };
        Rate[] rates = [.. RateCard.Shipped.Rates, own, next, later, beyond];
        var made = Assert.Single(RelativeRates.Following(rates));
        Assert.Equal("openai/gpt-4o-mini@2026-12-08#acme*80%", made.Id);
        // 333 x 0.8 = 266.4; 5 x 0.8 = 4.
        Assert.Equal((266, 4, next.Id), (made.Tokens!.Standard.Input, made.Tokens.Standard.Output, made.List));
    }

    /// <summary>No figure of a row is lost on the way through a share of 100 %.</summary>
    [Fact]
    public void All_of_the_list_price_is_the_list_price()
    {
        foreach (var rate in RateCard.Shipped.Rates)
        {
            var own = RelativeRates.Of(rate, "acme", rate.EffectiveFrom, 10_000);
            Assert.Equal(rate.Tokens, own.Tokens);
            Assert.Equal(rate.LongContext, own.LongContext);
            Assert.Equal((rate.ToolCall, rate.RequestFee, rate.PerMinute), (own.ToolCall, own.RequestFee, own.PerMinute));
        }
    }

    [Fact]
    public void A_share_never_exceeds_the_exact_product_by_more_than_half() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).Select(price => (long)price * 1_000).Zip(Gen.Choose(0, 20_000)).ToArbitrary(),
        pair =>
        {
            var (price, share) = pair;
            var scaled = new TokenPrices { Input = price, Output = 0 }.Scaled(share).Input;
            return decimal.Abs(scaled - (decimal)price * share / 10_000) <= 0.5m;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_two_tenants_each_pays_its_own_price()
    {
        var card = RateCard.Shipped.With([Row("gpt-4o", Day, 1_000_000_000, "a"), Row("gpt-4o", Day, 2_000_000_000, "b")]);
        var usage = Usage.Inclusive(1_000, 0, 0, 0, 0);
        NanoUsd Cost(string? tenant) => card.Find(Provider.OpenAi, "gpt-4o", Day, tenant)!.Price(usage, ServiceTier.Standard, false, Rounding.HalfEven);
        Assert.Equal((1_000_000, 2_000_000, 2_500_000), (Cost("a").Value, Cost("b").Value, Cost("c").Value));
    }

    private static Rate Row(string model, DateTimeOffset from, long price, string? tenant = null) => new()
    {
        Provider = Provider.OpenAi,
        Model = model,
        EffectiveFrom = from,
        Tenant = tenant,
        Profile = new ModelProfile(),
        Tokens = new PriceList { Standard = new TokenPrices { Input = price, Output = price } },
    };
}
