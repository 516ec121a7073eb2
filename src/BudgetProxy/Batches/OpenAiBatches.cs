using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>OpenAI's batches: one is priced from what was kept of its file's lines, reserved as a whole, and sent unchanged.</summary>
public sealed class OpenAiBatches(LineRulesFactory rules, BatchFlow flow, IBatchStore store)
{
    public async Task<GatewayRefusal?> CreateAsync(Call call)
    {
        if (await ReadAsync(call) is { } broken)
            return broken;
        if (!OpenAiBatchReader.TryReadOrder(call.Body.Span, new ProviderRequest(), out var order, out var error))
            return Refusals.InvalidRequest(error);
        if (await store.FindFileAsync(call.Tenant.Id, order.InputFile, CancellationToken.None) is not { Lines: { } lines })
            return Refusals.NotFound("file", order.InputFile);
        var pricer = new BatchPricer(rules.For(call));
        var priced = await BatchFlow.PriceAsync(pricer, number => store.ChunkAsync(lines, number, CancellationToken.None));
        if (pricer.Refusal is { } refusal)
            return refusal;
        var quote = pricer.Conclude();
        if (order.Endpoint != OpenAiBatchReader.UrlOf(quote.Api))
        {
            return Refusals.InvalidRequest(new RequestError(
                $"The lines of this file name the url {OpenAiBatchReader.UrlOf(quote.Api)}: the endpoint must be the same.", "endpoint"));
        }

        using var body = new MemoryStream(call.Body.Span.ToArray(), writable: false);
        using var content = new BodyContent(body, body.Length, call.Context.Request.ContentType);
        return await flow.RunAsync(call, quote, priced, order.InputFile, content);
    }

    private static async ValueTask<GatewayRefusal?> ReadAsync(Call call)
    {
        try
        {
            return await call.Body.ReadAsync(call.Context.Request, OpenAiBatchOrder.MaxBytes, call.Context.RequestAborted)
                ? null
                : Refusals.TooLarge(OpenAiBatchOrder.MaxBytes);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            return Refusals.BrokenBody;
        }
    }
}
