using BudgetProxy.Batches;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Batches;

/// <summary>What both stores of batches promise.</summary>
public abstract class BatchStoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Guid One = Guid.CreateVersion7(Noon);
    private static readonly Guid Two = Guid.CreateVersion7(Noon);

    [Fact]
    public async Task A_file_is_kept_with_its_lines_until_it_is_removed()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await MakeTenantsAsync(factory);
        var file = FileOf("acme", "file-1");
        await store.AddFileAsync(file, [[1], [2, 3]], default);
        await store.AddFileAsync(file with { Lines = Guid.CreateVersion7(Noon), Answer = "another" }, [[9]], default);
        Assert.Equal(file, await store.FindFileAsync("acme", "file-1", default));
        Assert.Equal([1], await store.ChunkAsync(file.Lines!.Value, 0, default));
        Assert.Equal([2, 3], await store.ChunkAsync(file.Lines!.Value, 1, default));
        Assert.Null(await store.ChunkAsync(file.Lines!.Value, 2, default));
        Assert.Null(await store.FindFileAsync("other", "file-1", default));
        Assert.Empty(await store.FilesAsync("other", 10, default));
        await store.RemoveFileAsync("other", "file-1", default);
        Assert.NotNull(await store.FindFileAsync("acme", "file-1", default));
        await store.RemoveFileAsync("acme", "file-1", default);
        Assert.Null(await store.FindFileAsync("acme", "file-1", default));
        Assert.Null(await store.ChunkAsync(file.Lines!.Value, 0, default));
    }

    [Fact]
    public async Task Files_go_with_their_tenant_and_come_latest_first()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await MakeTenantsAsync(factory);
        for (var i = 0; i < 3; i++)
            await store.AddFileAsync(FileOf("acme", $"file-{i}") with { CreatedAt = Noon.AddMinutes(i) }, [[1]], default);
        var files = await store.FilesAsync("acme", 2, default);
        Assert.Equal(["file-2", "file-1"], files.Select(file => file.Id));
        await factory.Directory.DeleteTenantAsync("acme", default);
        Assert.Empty(await store.FilesAsync("acme", 10, default));
        Assert.Null(await store.ChunkAsync(files[0].Lines!.Value, 0, default));
    }

    [Fact]
    public async Task A_batch_goes_from_state_to_state_once()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        var batch = BatchOf("acme");
        await store.AddAsync(batch, [[7]], Noon, default);
        Assert.Null(await store.FindAsync("acme", Provider.OpenAi, "batch_1", default));
        Assert.True(await store.MoveAsync(batch.Id, BatchState.Preparing, BatchState.Sending, null, null, default));
        Assert.False(await store.MoveAsync(batch.Id, BatchState.Preparing, BatchState.Dropping, null, null, default));
        Assert.True(await store.MoveAsync(batch.Id, BatchState.Sending, BatchState.Open, "batch_1", "{}", default));
        var found = (await store.FindAsync("acme", Provider.OpenAi, "batch_1", default))!;
        Assert.Equal((BatchState.Open, "{}", Noon), (found.State, found.Answer, found.CreatedAt));
        Assert.Equal(batch.Definition.ToJson(), found.Definition.ToJson());
        Assert.Null(await store.FindAsync("other", Provider.OpenAi, "batch_1", default));
        Assert.Null(await store.FindAsync("acme", Provider.Anthropic, "batch_1", default));
        Assert.Equal([7], await store.ChunkAsync(batch.Id, 0, default));
        await store.SaveAnswerAsync(batch.Id, "{\"a\":1}", isFinal: false, default);
        Assert.True(await store.MoveAsync(batch.Id, BatchState.Open, BatchState.Settled, null, null, default));
        Assert.Null(await store.ChunkAsync(batch.Id, 0, default));
        await store.SaveAnswerAsync(batch.Id, "stale", isFinal: false, default);
        Assert.Equal("{\"a\":1}", (await store.GetAsync(batch.Id, default))!.Answer);
        await store.SaveAnswerAsync(batch.Id, "{\"a\":2}", isFinal: true, default);
        Assert.Equal("{\"a\":2}", (await store.GetAsync(batch.Id, default))!.Answer);
        Assert.Equal(0, await store.OpenAsync(default));
    }

    [Fact]
    public async Task A_batch_that_is_being_sent_is_nobodys_to_look_at()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        var batch = BatchOf("acme");
        await store.AddAsync(batch, [], Noon, default);
        Assert.True(await store.BeginSendingAsync(batch.Id, Noon + Minute * 11, default));
        Assert.False(await store.BeginSendingAsync(batch.Id, Noon + Minute * 99, default));
        Assert.Null(await store.ClaimAsync(One, Noon + Minute * 10, Noon + Minute * 11, default));
        Assert.Equal(BatchState.Sending, (await store.ClaimAsync(One, Noon + Minute * 11, Noon + Minute * 12, default))!.State);
    }

    [Fact]
    public async Task No_two_batches_have_one_id_at_the_provider()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        var (first, second) = (BatchOf("acme"), BatchOf("other"));
        foreach (var batch in new[] { first, second })
            await store.AddAsync(batch with { State = BatchState.Sending }, [], Noon, default);
        Assert.False(await store.IsTakenAsync(Provider.OpenAi, "batch_1", default));
        Assert.True(await store.MoveAsync(first.Id, BatchState.Sending, BatchState.Open, "batch_1", null, default));
        Assert.True(await store.IsTakenAsync(Provider.OpenAi, "batch_1", default));
        Assert.False(await store.MoveAsync(second.Id, BatchState.Sending, BatchState.Open, "batch_1", null, default));
        Assert.Equal(BatchState.Sending, (await store.GetAsync(second.Id, default))!.State);
        Assert.Equal(2, await store.OpenAsync(default));
        await store.RemoveAsync(second.Id, default);
        Assert.Equal(1, await store.OpenAsync(default));
    }

    [Fact]
    public async Task One_proxy_at_a_time_is_at_a_batch()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        var batch = BatchOf("acme");
        await store.AddAsync(batch, [], Noon, default);
        Assert.Null(await store.ClaimAsync(One, Noon.AddSeconds(-1), Noon + Minute, default));
        Assert.Equal(batch.Id, (await store.ClaimAsync(One, Noon, Noon + Minute, default))!.Id);
        Assert.Null(await store.ClaimAsync(Two, Noon, Noon + Minute, default));
        Assert.True(await store.RenewAsync(batch.Id, One, Noon + Minute * 2, default));
        Assert.False(await store.RenewAsync(batch.Id, Two, Noon + Minute * 2, default));
        Assert.Null(await store.ClaimAsync(Two, Noon + Minute, Noon + Minute * 2, default));

        // Its claim has ended: another goes on, and what the first still writes is nothing.
        Assert.NotNull(await store.ClaimAsync(Two, Noon + Minute * 2, Noon + Minute * 3, default));
        await store.ReleaseAsync(batch.Id, One, Noon, 9, default);
        Assert.False(await store.RenewAsync(batch.Id, One, Noon + Minute * 9, default));
        await store.ReleaseAsync(batch.Id, Two, Noon + Minute * 5, 3, default);
        Assert.Null(await store.ClaimAsync(One, Noon + Minute * 4, Noon + Minute * 6, default));
        Assert.Equal(3, (await store.ClaimAsync(One, Noon + Minute * 5, Noon + Minute * 6, default))!.Failures);
        await store.ReleaseAsync(batch.Id, One, Noon + Minute * 60, 0, default);
        await store.HurryAsync(batch.Id, Noon + Minute * 7, default);
        Assert.NotNull(await store.ClaimAsync(One, Noon + Minute * 7, Noon + Minute * 8, default));
    }

    [Fact]
    public async Task Claims_at_once_give_each_batch_to_one()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        for (var i = 0; i < 20; i++)
            await store.AddAsync(BatchOf("acme"), [], Noon, default);
        var claimed = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(async () => await store.ClaimAsync(Guid.CreateVersion7(Noon), Noon, Noon + Minute, default))));
        var ids = claimed.OfType<Batch>().Select(batch => batch.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        while (await store.ClaimAsync(One, Noon, Noon + Minute, default) is { } batch)
            ids.Add(batch.Id);
        Assert.Equal(20, ids.Distinct().Count());
    }

    [Fact]
    public async Task Batches_are_listed_latest_first_page_by_page()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        for (var i = 0; i < 5; i++)
        {
            var batch = BatchOf("acme") with { Id = Guid.CreateVersion7(Noon.AddMinutes(i)), State = BatchState.Sending };
            await store.AddAsync(batch, [], Noon, default);
            if (i != 2)
                await store.MoveAsync(batch.Id, BatchState.Sending, BatchState.Open, $"batch_{i}", null, default);
        }

        var first = await store.ListAsync("acme", Provider.OpenAi, null, 2, default);
        Assert.Equal(["batch_4", "batch_3"], first.Select(batch => batch.ProviderId));
        Assert.Equal(["batch_1", "batch_0"], (await store.ListAsync("acme", Provider.OpenAi, first[^1].Id, 9, default)).Select(batch => batch.ProviderId));
        Assert.Empty(await store.ListAsync("other", Provider.OpenAi, null, 9, default));
        Assert.Empty(await store.ListAsync("acme", Provider.Anthropic, null, 9, default));
    }

    protected abstract Task<IBatchStoreFactory> CreateAsync();

    private static async Task MakeTenantsAsync(IBatchStoreFactory factory)
    {
        foreach (var tenant in new[] { "acme", "other" })
            await factory.Directory.SaveTenantAsync(new Tenant { Id = tenant }, default);
    }

    private static BatchFile FileOf(string tenant, string id) => new()
    {
        Tenant = tenant, Id = id, CreatedAt = Noon, Lines = Guid.CreateVersion7(Noon), LineCount = 3, Answer = """{"id":"x"}""",
    };

    protected static Batch BatchOf(string tenant) => new()
    {
        Id = Guid.CreateVersion7(Noon),
        Tenant = tenant,
        State = BatchState.Preparing,
        CreatedAt = Noon,
        Definition = new BatchDefinition
        {
            Provider = Provider.OpenAi,
            Caller = new Caller { Tenant = tenant, Key = "key_1", User = "ada", Tags = [new("team", "blue")] },
            LineCount = 3,
            Reserved = new NanoUsd(1_234_567_890_123),
            MarkupBasisPoints = 1_500,
            PricedAt = Noon.AddTicks(17),
            Rates = new Dictionary<string, string> { ["gpt-4o-mini"] = "openai/gpt-4o-mini@2024-07-18" },
            Holds = [LimitKind.Usd, LimitKind.Requests],
            Places = [1, 0],
        },
    };
}
