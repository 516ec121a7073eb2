using BudgetProxy.Core.Requests;

namespace BudgetProxy.Batches;

/// <summary>Reads the results of an ended batch from its provider, in bounded memory.</summary>
public sealed class BatchResults(IBatchStore store, BatchProvider provider)
{
    /// <summary>Bytes of one result at most: what a call's answer is held up to.</summary>
    private const int MaxResultBytes = Forwarding.AnswerStream.MaxHeldBytes;

    private const int BufferBytes = 64 * 1024;

    /// <summary>A provider that sends nothing for so long has given up.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromMinutes(2);

    /// <summary>The batch's lines, of which nothing is known yet.</summary>
    /// <returns>The outcomes to fill, and what is reserved for each line, in nano-dollars.</returns>
    public async Task<(BatchOutcomes Outcomes, List<long> Worst)> BeginAsync(Batch batch, CancellationToken cancellationToken)
    {
        var outcomes = new BatchOutcomes(batch.Definition.Provider, batch.Definition.LineCount);
        var worst = new List<long>(batch.Definition.LineCount);
        for (var number = 0; await store.ChunkAsync(batch.Id, number, cancellationToken) is { } chunk; number++)
        {
            var lines = LineChunk.ReadPriced(chunk);
            outcomes.Expect(lines);
            worst.AddRange(lines.Select(line => line.Worst.Value));
        }

        return (outcomes, worst);
    }

    /// <summary>Reads all results that the provider has. Their addresses are made from our own base URL and their ids, never taken from an answer.</summary>
    /// <exception cref="HttpRequestException">They can't be read, or not to their end.</exception>
    /// <exception cref="IOException">The same.</exception>
    /// <exception cref="OperationCanceledException">The provider fell silent.</exception>
    public async Task ReadAsync(ProviderBatch seen, Provider from, BatchOutcomes outcomes, BatchLease lease, CancellationToken cancellationToken)
    {
        var paths = from == Provider.Anthropic
            ? [OwnBatches.PathOf(from, seen.Id) + "/results"]
            : seen.ResultFiles.Select(file => $"/v1/files/{Uri.EscapeDataString(file)}/content");
        foreach (var path in paths)
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            silence.CancelAfter(SilenceLimit);
            using var answer = await provider.OpenAsync(from, path, silence.Token);
            if (!answer.IsSuccessStatusCode)
                throw new HttpRequestException($"The provider answered {(int)answer.StatusCode}.");
            using var lines = new JsonLineSplitter(MaxResultBytes, outcomes.Take);
            await using var body = await answer.Content.ReadAsStreamAsync(silence.Token);
            var buffer = new byte[BufferBytes];
            int read;
            while ((read = await body.ReadAsync(buffer, silence.Token)) > 0)
            {
                silence.CancelAfter(SilenceLimit);
                lines.Feed(buffer.AsSpan(0, read));
                await lease.KeepAsync(cancellationToken);
            }

            lines.Finish();
        }
    }
}
