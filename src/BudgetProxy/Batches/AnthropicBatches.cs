using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;

namespace BudgetProxy.Batches;

/// <summary>Anthropic's batches: the body is read to disk request by request, reserved as a whole, and sent from there.</summary>
public sealed class AnthropicBatches(LineRulesFactory rules, BatchFlow flow, FreeRouteFlow free, IBatchStore store, ProxyOptions options)
{
    public async Task<GatewayRefusal?> CreateAsync(Call call)
    {
        if (call.Context.Request.ContentLength > options.MaxBatchBytes)
            return Refusals.TooLarge(options.MaxBatchBytes);
        var intake = new LineIntake(rules.For(call));
        using var spool = new BatchSpool(options, call.Id);
        using (var requests = new JsonArraySplitter(options.MaxBodyBytes, intake.Take))
        {
            if (await BatchBody.ReadAsync(call, requests, intake.Problems, spool, options.MaxBatchBytes) is { } broken)
                return broken;
        }

        if ((intake.Problems.ToRefusal() ?? rules.Reidentify(call)) is { } refusal)
            return refusal;
        var chunks = intake.Finish();
        if (chunks.Count == 0)
            return Refusals.InvalidRequest(new RequestError("A batch needs at least one request.", "requests"));
        var pricer = new BatchPricer(rules.For(call));
        var priced = await BatchFlow.PriceAsync(pricer, number => ValueTask.FromResult(number < chunks.Count ? chunks[number] : null));
        if (pricer.Refusal is { } tooDear)
            return tooDear;
        using var content = new BodyContent(spool.Read(), spool.Length, call.Context.Request.ContentType);
        return await flow.RunAsync(call, pricer.Conclude(), priced, null, content);
    }

    /// <summary>Passes the results of one of the tenant's batches on.</summary>
    public async Task<GatewayRefusal?> ResultsAsync(Call call)
    {
        if (await FindAsync(call) is not { } batch)
            return OwnBatches.NotFound(call);
        await free.ForwardAsync(call, OwnBatches.PathOf(Provider.Anthropic, batch.ProviderId!) + "/results");
        return null;
    }

    /// <summary>Deletes one of the tenant's batches, once it is booked.</summary>
    public async Task<GatewayRefusal?> DeleteAsync(Call call)
    {
        if (await FindAsync(call) is not { } batch)
            return OwnBatches.NotFound(call);
        if (batch.State != BatchState.Settled)
            return BatchRefusals.NotSettled;
        if (await free.ForwardAsync(call, OwnBatches.PathOf(Provider.Anthropic, batch.ProviderId!)) is >= 200 and < 300)
            await store.RemoveAsync(batch.Id, CancellationToken.None);
        return null;
    }

    private ValueTask<Batch?> FindAsync(Call call) => store.FindAsync(
        call.Tenant.Id, Provider.Anthropic, call.Context.Request.RouteValues["id"] as string ?? "", call.Context.RequestAborted);
}
