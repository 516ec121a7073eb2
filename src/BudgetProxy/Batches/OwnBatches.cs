using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>A tenant's own batches as the provider has them now: read, cancelled, listed. What is another's is not there.</summary>
public sealed class OwnBatches(IBatchStore store, BatchProvider provider, TimeProvider clock)
{
    /// <summary>Batches that a list is made of at most.</summary>
    private const int MostListed = 1_000;

    /// <summary>Batches that the provider is asked about at once, for a list.</summary>
    private const int AtOnce = 8;

    /// <summary>The path of a batch at its provider.</summary>
    public static string PathOf(Provider provider, string id) => (provider == Provider.Anthropic ? "/v1/messages/batches/" : "/v1/batches/") + Uri.EscapeDataString(id);

    /// <summary>The batch that the path names; null = the tenant has none of this id.</summary>
    public ValueTask<Batch?> FindAsync(Call call) =>
        store.FindAsync(call.Tenant.Id, call.Route.Provider, IdOf(call), call.Context.RequestAborted);

    public static GatewayRefusal NotFound(Call call) => Refusals.NotFound("batch", IdOf(call));

    /// <summary>Asks the provider about a batch, or to cancel it, and passes the answer on.</summary>
    /// <param name="action">What stands after the batch's path; empty to read it.</param>
    public async Task<GatewayRefusal?> AskAsync(Call call, HttpMethod method, string action)
    {
        if (await FindAsync(call) is not { } batch)
            return NotFound(call);
        using var answer = await provider.SendAsync(call.Context, call.Route.Provider, method, PathOf(call.Route.Provider, batch.ProviderId!) + action, null);
        if (answer.IsSuccess)
            await NoteAsync(batch, answer.Text);
        return await BatchAnswers.PassAsync(call.Context, call.Route.Provider, answer);
    }

    /// <summary>Lists the tenant's batches, latest first. One that is not settled is asked for, the others are as they were seen last.</summary>
    /// <param name="after">The provider's id of the batch before the first; null = from the latest.</param>
    /// <param name="before">The provider's id of the batch after the last; null = to the end.</param>
    public async Task ListAsync(Call call, string? after, string? before, int limit)
    {
        var all = await store.ListAsync(call.Tenant.Id, call.Route.Provider, null, MostListed, call.Context.RequestAborted);
        var from = after is null ? 0 : IndexOf(all, after) + 1;
        var to = before is null || IndexOf(all, before) is not (>= 0 and var index) ? all.Count : index;
        // A page before a batch is the one next to it.
        if (before is not null)
            from = Math.Max(from, to - limit);
        var page = all.Take(to).Skip(from).Take(limit).ToList();
        var items = new List<(string, string)>();
        foreach (var few in page.Chunk(AtOnce))
        {
            var answers = await Task.WhenAll(few.Select(batch => NowAsync(batch, call.Context.RequestAborted)));
            items.AddRange(few.Zip(answers).Where(pair => pair.Second is not null).Select(pair => (pair.First.ProviderId!, pair.Second!)));
        }

        await BatchAnswers.WriteListAsync(call.Context, call.Route.Provider, items, hasMore: before is null ? from + page.Count < to : from > 0);
    }

    /// <summary>Keeps what the provider says of a batch, makes its results the tenant's own, and has an ended one settled soon.</summary>
    /// <returns>What was said; null = it is no batch.</returns>
    public async ValueTask<ProviderBatch?> NoteAsync(Batch batch, string answer)
    {
        var seen = ProviderBatch.Read(batch.Definition.Provider, answer);
        if (seen is null || seen.Id != batch.ProviderId)
            return null;
        await store.SaveAnswerAsync(batch.Id, answer, seen.Ended, CancellationToken.None);
        foreach (var file in seen.ResultFiles)
        {
            var results = new BatchFile { Tenant = batch.Tenant, Id = file, CreatedAt = clock.GetUtcNow(), Batch = batch.Id };
            await store.AddFileAsync(results, [], CancellationToken.None);
        }

        if (seen.Ended && batch.State == BatchState.Open)
            await store.HurryAsync(batch.Id, clock.GetUtcNow(), CancellationToken.None);
        return seen;
    }

    private static string IdOf(Call call) => call.Context.Request.RouteValues["id"] as string ?? "";

    private static int IndexOf(IReadOnlyList<Batch> batches, string providerId)
    {
        for (var i = 0; i < batches.Count; i++)
        {
            if (batches[i].ProviderId == providerId)
                return i;
        }

        return -1;
    }

    private async Task<string?> NowAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (batch.State == BatchState.Settled)
            return batch.Answer;
        var answer = await provider.AskAsync(batch.Definition.Provider, HttpMethod.Get, PathOf(batch.Definition.Provider, batch.ProviderId!), null, cancellationToken);
        using (answer)
            return answer.IsSuccess && ProviderBatch.Read(batch.Definition.Provider, answer.Text) is not null ? answer.Text : batch.Answer;
    }
}
