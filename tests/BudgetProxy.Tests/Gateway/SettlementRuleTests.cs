using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Gateway;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http;

namespace BudgetProxy.Tests.Gateway;

/// <summary>What a call owes, from how it ended.</summary>
public sealed class SettlementRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Rate Rate = RateCard.Shipped.Find(Provider.Anthropic, "claude-sonnet-4-6", Now)!;
    private static readonly ProviderRoute Route = ProviderRoutes.All.Single(route => route.Api == ProviderApi.AnthropicMessages);

    [Fact]
    public void A_stream_that_failed_before_it_said_anything_owes_its_input()
    {
        var settled = Settle(new InputEstimate(1_000, 1_500, CountMethod.Calibrated), new MeterReading { Failed = true });
        Assert.Equal((UsageBasis.Counted, 1_000, 0), (settled.Basis, settled.Usage.Input, settled.Usage.Output));
    }

    [Fact]
    public void One_that_failed_after_work_out_of_sight_owes_its_worst()
    {
        var settled = Settle(new InputEstimate(1_000, 1_500, CountMethod.Calibrated), new MeterReading { Failed = true, Uncounted = true });
        Assert.Equal((UsageBasis.Presumed, 1_500), (settled.Basis, settled.Usage.Input));
    }

    [Fact]
    public void What_other_tenants_taught_moves_nobodys_books()
    {
        var mix = new InputMix(default, Counted: 100, Rules: 10, RulesBound: 10, TextBound: 200, Separable: true);
        var reading = new MeterReading { CountedOutput = 1 };
        var pooled = Settle(new InputEstimate(5, 210, CountMethod.Calibrated, Mix: mix, Pooled: true), reading);
        var own = Settle(new InputEstimate(5, 210, CountMethod.Calibrated, Mix: mix), reading);
        Assert.Equal(mix.Guess(Rate.Profile.ExpectedPercent), pooled.Usage.Input);
        Assert.Equal(5, own.Usage.Input);
        Assert.True(pooled.Usage.Input > 100);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(null, true, true)]
    [InlineData(null, false, false)]
    public void The_region_that_the_answer_names_is_billed(bool? answered, bool asked, bool billed)
    {
        var usage = Usage.Exclusive(1_000, 0, 0, 0, 100);
        var call = CallOf(new InputEstimate(1_000, 1_500, CountMethod.Calibrated));
        call.Request.Regional = asked;
        var settled = SettlementRule.Decide(call, new CallEnding(200, true, true, false, new MeterReading { Usage = usage, Finished = true, Regional = answered }))!;
        Assert.Equal((billed, Rate.Price(usage, ServiceTier.Standard, billed, Core.Money.Rounding.HalfEven)), (settled.Regional, settled.Cost));
    }

    [Fact]
    public void An_error_without_usage_is_void() =>
        Assert.Null(SettlementRule.Decide(CallOf(new InputEstimate(1, 1, CountMethod.Exact)), new CallEnding(500, true, false, false, default)));

    private static Settlement Settle(InputEstimate input, MeterReading reading) =>
        SettlementRule.Decide(CallOf(input), new CallEnding(200, Dispatched: true, Streamed: true, Abandoned: false, reading))!;

    private static Call CallOf(InputEstimate input)
    {
        var request = new ProviderRequest { Model = Rate.Model, Stream = true, HasOutput = true, OutputLimit = 100 };
        return new Call(new DefaultHttpContext(), Route, Guid.CreateVersion7(Now), Now)
        {
            Request = request,
            Tenant = new Tenant { Id = "acme" },
            Card = RateCard.Shipped,
            PricedAt = Now,
            Quote = Quote.Of(Rate, request, input, Expectation.Unknown),
        };
    }
}
