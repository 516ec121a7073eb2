using System.Globalization;
using BudgetProxy.Gateway;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>The way of a batch whose lines are read: price, reserve or refuse, send, and keep what the provider calls it.</summary>
public sealed partial class BatchFlow(
    BatchAdmission admission, BatchProvider provider, ILogger<BatchFlow> logger)
{
    /// <summary>Prices chunk after chunk.</summary>
    /// <param name="chunkAt">The chunk of a number; null = there are no more.</param>
    /// <returns>The priced chunks.</returns>
    public static async ValueTask<List<byte[]>> PriceAsync(BatchPricer pricer, Func<int, ValueTask<byte[]?>> chunkAt)
    {
        var priced = new List<byte[]>();
        while (await chunkAt(priced.Count) is { } chunk)
            priced.Add(pricer.Price(chunk));
        return priced;
    }

    /// <summary>Takes a batch from its price to the provider's answer; gives the refusal to answer with, where there is one.</summary>
    /// <param name="chunks">As <see cref="PriceAsync"/> gives them.</param>
    public async Task<GatewayRefusal?> RunAsync(Call call, BatchQuote quote, IReadOnlyList<byte[]> chunks, string? inputFile, OnceContent content)
    {
        if (await admission.AdmitAsync(call, quote, chunks, inputFile) is { } refusal)
            return refusal;
        var route = call.Route;
        using var answer = await provider.SendAsync(call.Context, route.Provider, HttpMethod.Post, route.UpstreamPath, content);
        await ConcludeAsync(call, answer);
        SetHeaders(call, quote);
        return await BatchAnswers.PassAsync(call.Context, route.Provider, answer);
    }

    private static void SetHeaders(Call call, BatchQuote quote)
    {
        var headers = call.Context.Response.Headers;
        headers[HeaderNames.EstimatedInputTokens] = quote.InputTokens.ToString(CultureInfo.InvariantCulture);
        headers[HeaderNames.EstimatedCostUsd] = quote.Worst.ToString();
        if (call.Outcome.RemainingUsd is { } remaining)
            headers[HeaderNames.RemainingUsd] = remaining.ToBalance();
        if (call.Outcome.WouldBlock is { } budgets)
            headers[HeaderNames.WouldBlock] = budgets;
    }

    /// <summary>
    /// A clear no voids the batch, a clear yes opens it. What is neither (no answer, a server error, a yes without an id) stays reserved, and
    /// <see cref="BatchKeeper"/> finds out whether the provider has it.
    /// </summary>
    private async ValueTask ConcludeAsync(Call call, ProviderAnswer answer)
    {
        if (!answer.Dispatched || answer.Status is >= 300 and < 500 and not StatusCodes.Status408RequestTimeout)
        {
            await admission.DropAsync(call.Tenant.Id, call.Id, BatchState.Sending);
            return;
        }

        if (!answer.IsSuccess || ProviderBatch.Read(call.Route.Provider, answer.Text) is not { } made)
        {
            Log.Unknown(logger, call.Id, answer.Status);
            await admission.SeekAsync(call.Id);
            return;
        }

        try
        {
            if (!await admission.OpenAsync(call, made.Id, answer.Text))
                await CancelAsync(call, made.Id);
        }
        catch (StoreUnavailableException)
        {
            Log.Unknown(logger, call.Id, answer.Status);
        }
    }

    // Nothing is reserved for it and nobody would book it.
    private async ValueTask CancelAsync(Call call, string providerId)
    {
        var from = call.Route.Provider;
        using var answer = await provider.AskAsync(from, HttpMethod.Post, OwnBatches.PathOf(from, providerId) + "/cancel", null, CancellationToken.None);
        Log.Lost(logger, call.Id, providerId, answer.Status);
    }

    private static partial class Log
    {
        [LoggerMessage(7002, LogLevel.Error, "Batch {Id} was given up while the provider made it as {ProviderId}, so nobody books it. The provider was asked to cancel it and answered {Status} (0 = nothing). Check it there.")]
        public static partial void Lost(ILogger logger, Guid id, string providerId, int status);

        [LoggerMessage(7001, LogLevel.Warning, "Whether the provider has batch {Id} is not known (status {Status}; 0 = no answer). It stays reserved, and the provider is asked.")]
        public static partial void Unknown(ILogger logger, Guid id, int status);
    }
}
