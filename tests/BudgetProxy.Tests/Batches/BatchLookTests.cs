using BudgetProxy.Batches;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Demo;

namespace BudgetProxy.Tests.Batches;

/// <summary>What becomes of a batch over days, on a clock that the test moves.</summary>
public sealed class BatchLookTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_batch_that_the_provider_knows_no_more_is_presumed_line_by_line_at_the_end_of_its_lifetime()
    {
        await using var scene = await LookScene.StartAsync();
        var batch = await scene.AdmitAsync(700);
        await scene.SendAsync(batch);
        scene.Provider.BatchPlan = new SimulatedBatchPlan { Forgets = true };
        for (var hours = 0; hours < 71; hours++)
            await scene.LaterAsync(Hour);
        Assert.Equal((0, batch.Definition.Reserved.Value), await scene.CounterAsync());
        Assert.Empty(await scene.LedgerAsync());
        Assert.True((await scene.Store.GetAsync(batch.Id, default))!.Failures > 3);

        await scene.LaterAsync(Hour * 2);
        var ledger = await scene.LedgerAsync();
        Assert.Equal(700, ledger.Count);
        Assert.All(ledger, entry => Assert.Equal(UsageBasis.Presumed, entry.Basis));
        Assert.All(ledger, entry => Assert.Equal(entry.Reserved, entry.Cost));
        Assert.Equal(Enumerable.Range(100, 700).Select(limit => (long)limit), ledger.Select(entry => entry.Usage.Output).Order());
        Assert.Equal(batch.Definition.Reserved.Value, ledger.Sum(entry => entry.Cost.Value));
        Assert.Equal((batch.Definition.Reserved.Value, 0), await scene.CounterAsync());
        Assert.Equal(BatchState.Settled, (await scene.Store.GetAsync(batch.Id, default))!.State);
        await scene.LaterAsync(Hour * 200);
        Assert.Equal(700, (await scene.LedgerAsync()).Count);
    }

    [Fact]
    public async Task Results_that_can_not_be_read_are_presumed_in_the_end()
    {
        await using var scene = await LookScene.StartAsync();
        var batch = await scene.AdmitAsync(5);
        await scene.SendAsync(batch);
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0, ResultsStatus = 500 };
        await scene.LaterAsync(Hour * 71);
        Assert.Empty(await scene.LedgerAsync());
        await scene.LaterAsync(Hour * 2);
        Assert.Equal(5, (await scene.LedgerAsync()).Count(entry => entry.Basis == UsageBasis.Presumed));
        Assert.Equal((batch.Definition.Reserved.Value, 0), await scene.CounterAsync());
    }

    [Fact]
    public async Task A_batch_that_was_never_made_is_given_back_once_it_can_not_appear_any_more()
    {
        await using var scene = await LookScene.StartAsync();
        var batch = await scene.AdmitAsync(5);
        await scene.LaterAsync(TimeSpan.FromMinutes(14));
        Assert.Equal((0, batch.Definition.Reserved.Value), await scene.CounterAsync());
        await scene.LaterAsync(TimeSpan.FromMinutes(2));
        Assert.Equal((0, 0), await scene.CounterAsync());
        Assert.Empty(await scene.LedgerAsync());
        Assert.Null(await scene.Store.GetAsync(batch.Id, default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_message_batch_of_the_same_size_is_never_taken_for_one_whose_answer_was_lost(int made)
    {
        await using var scene = await LookScene.StartAsync();
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        var other = await scene.AdmitAsync(7);
        await scene.SendAsync(other);
        var batch = await scene.AdmitAsync(5);
        for (var i = 0; i < made; i++)
            await scene.SendAsync(batch, answerIsLost: true);
        await scene.LaterAsync(Hour * 71);
        var ledger = await scene.LedgerAsync();
        Assert.Equal(7, ledger.Count);
        Assert.All(ledger, entry => Assert.Equal(other.Id, entry.RequestId));
        Assert.Equal(batch.Definition.Reserved.Value, (await scene.CounterAsync()).Held);
        Assert.Equal([other.Id], (await scene.Store.ListAsync(LookScene.Tenant, Core.Requests.Provider.Anthropic, null, 9, default)).Select(its => its.Id));

        await scene.LaterAsync(Hour * 2);
        var presumed = (await scene.LedgerAsync()).Where(entry => entry.RequestId == batch.Id).ToList();
        Assert.Equal(5, presumed.Count(entry => entry.Basis == UsageBasis.Presumed));
        Assert.Equal(batch.Definition.Reserved.Value, presumed.Sum(entry => entry.Cost.Value));
        Assert.Equal(0, (await scene.CounterAsync()).Held);
    }

    [Fact]
    public async Task The_time_of_a_batch_is_when_it_was_written_not_when_its_body_began()
    {
        await using var scene = await LookScene.StartAsync();
        var batch = await scene.AdmitAsync(5, bodyTook: TimeSpan.FromMinutes(14));
        Assert.Equal(scene.Clock.Now, batch.CreatedAt);
        await scene.LaterAsync(TimeSpan.FromMinutes(11));
        await scene.LaterAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(BatchState.Sending, (await scene.Store.GetAsync(batch.Id, default))!.State);
    }

    [Fact]
    public async Task A_batch_that_was_given_up_while_it_was_sent_is_not_opened()
    {
        await using var scene = await LookScene.StartAsync();
        var batch = await scene.AdmitAsync(5);
        await scene.Admission.DropAsync(batch.Tenant, batch.Id, BatchState.Sending);
        Assert.False(await scene.Admission.OpenAsync(scene.LastCall, "msgbatch_1", "{}"));
        await scene.AdmitAsync(5);
        Assert.True(await scene.Admission.OpenAsync(scene.LastCall, "msgbatch_2", "{}"));
        Assert.True(await scene.Admission.OpenAsync(scene.LastCall, "msgbatch_2", "{}"));
    }

    [Fact]
    public async Task What_another_proxy_has_settled_is_not_booked_again_as_lines_of_strangers()
    {
        await using var scene = await LookScene.StartAsync();
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        var batch = await scene.AdmitAsync(5);
        await scene.SendAsync(batch);
        var read = (await scene.Store.GetAsync(batch.Id, default))!;
        await scene.LaterAsync(Hour);
        var booked = await scene.CounterAsync();
        Assert.Equal(5, (await scene.LedgerAsync()).Count);
        for (var looks = 0; looks < 4; looks++)
            await scene.LookAsync(read with { Failures = looks }, Guid.CreateVersion7(scene.Clock.Now));
        Assert.Equal(5, (await scene.LedgerAsync()).Count);
        Assert.Equal(booked, await scene.CounterAsync());
    }

    [Fact]
    public async Task Results_of_strangers_do_not_stand_for_those_that_are_missing_until_they_stay()
    {
        await using var scene = await LookScene.StartAsync();
        static IReadOnlyList<string> Strange(IReadOnlyList<string> lines) =>
            [.. lines.Select((line, i) => i < 3 ? line : line.Replace("\"custom_id\":\"", "\"custom_id\":\"x", StringComparison.Ordinal))];
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0, Results = Strange };
        var batch = await scene.AdmitAsync(5);
        await scene.SendAsync(batch);
        await scene.LaterAsync(Hour);
        Assert.Empty(await scene.LedgerAsync());
        Assert.Equal((0, batch.Definition.Reserved.Value), await scene.CounterAsync());
        await scene.LaterAsync(Hour);
        Assert.Empty(await scene.LedgerAsync());
        await scene.LaterAsync(Hour);
        Assert.Equal(5, (await scene.LedgerAsync()).Count);
        Assert.Equal(0, (await scene.CounterAsync()).Held);
    }

    [Fact]
    public async Task What_the_store_presumed_and_forgot_is_not_booked_a_second_time_by_the_lines()
    {
        await using var scene = await LookScene.StartAsync();
        var batch = await scene.AdmitAsync(700);
        await scene.SendAsync(batch);
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        scene.Clock.Advance(Hour * 90);
        Assert.Equal(1, await scene.Books.ExpireAsync(default));
        scene.Clock.Advance(Hour * 24 * 8);
        await scene.Books.ExpireAsync(default);
        await scene.LaterAsync(Hour);
        Assert.Equal(batch.Id, Assert.Single(await scene.LedgerAsync()).Id);
        Assert.Equal((batch.Definition.Reserved.Value, 0), await scene.CounterAsync());
        Assert.Equal(BatchState.Settled, (await scene.Store.GetAsync(batch.Id, default))!.State);
    }

    [Fact]
    public async Task What_no_proxy_lived_to_see_is_presumed_by_the_store_and_set_right_by_the_lines()
    {
        await using var scene = await LookScene.StartAsync();
        var batch = await scene.AdmitAsync(700);
        await scene.SendAsync(batch);
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        scene.Provider.Script = call => new SimulatedAnswer { Unfinished = call.Number > 650 };
        scene.Clock.Advance(Hour * 90);
        Assert.Equal(1, await scene.Books.ExpireAsync(default));
        Assert.Equal((batch.Definition.Reserved.Value, 0), await scene.CounterAsync());

        await scene.LaterAsync(Hour);
        var ledger = await scene.LedgerAsync();
        var lines = ledger.Where(entry => entry.Basis == UsageBasis.Reported && entry.Adjusts is null).ToList();
        Assert.Equal(650, lines.Count);
        Assert.Equal(lines.Sum(entry => entry.Cost.Value), ledger.Sum(entry => entry.Cost.Value));
        Assert.Equal(scene.Provider.Batches.Billed.Output, ledger.Sum(entry => entry.Usage.Output));
        Assert.Equal((ledger.Sum(entry => entry.Cost.Value), 0), await scene.CounterAsync());
        Assert.Equal(0, await scene.Books.MeasureDriftAsync(default));
    }
}
