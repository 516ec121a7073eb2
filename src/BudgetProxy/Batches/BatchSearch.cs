using System.Text.Json;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Batches;

/// <summary>
/// Looks in the provider's list for what a batch whose creation got no clear answer can be: OpenAI's by its input file and time, which only it can be; Anthropic's by
/// its number of requests and time, which another's batch can be too. The body passes unchanged, so no mark of ours can be in it.
/// </summary>
public sealed class BatchSearch(IBatchStore store, BatchProvider provider)
{
    /// <summary>How far the provider's clock may be from ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private const int PageSize = 100;
    private const int MostPages = 50;

    /// <summary>All batches that it can be and that no other is.</summary>
    /// <returns>Each with its JSON; null = the provider could not be asked to the end.</returns>
    public async Task<List<(ProviderBatch Batch, string Json)>?> FindAsync(Batch batch, CancellationToken cancellationToken)
    {
        var found = new List<(ProviderBatch, string)>();
        var from = batch.Definition.Provider;
        var (path, cursor) = from == Provider.Anthropic ? ("/v1/messages/batches", "after_id") : ("/v1/batches", "after");
        string? after = null;
        for (var page = 0; page < MostPages; page++)
        {
            var query = $"?limit={PageSize}" + (after is null ? "" : $"&{cursor}={Uri.EscapeDataString(after)}");
            using var answer = await provider.AskAsync(from, HttpMethod.Get, path, query, cancellationToken);
            if (!answer.IsSuccess || Parse(answer.Body) is not { } list)
                return null;
            using (list)
            {
                if (!list.RootElement.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
                    return null;
                ProviderBatch? last = null;
                foreach (var item in data.EnumerateArray())
                {
                    last = ProviderBatch.Read(from, item);
                    // One that can't be read could be it, and without its time nobody knows how far the list has come.
                    if (last is null || last.CreatedAt == default)
                        return null;
                    if (CanBe(batch, last) && !await store.IsTakenAsync(from, last.Id, cancellationToken))
                        found.Add((last, item.GetRawText()));
                }

                // The lists are latest first.
                if (last is null || last.CreatedAt < batch.CreatedAt - Skew || !HasMore(list.RootElement))
                    return found;
                after = last.Id;
            }
        }

        return null;
    }

    private static bool HasMore(JsonElement list) => list.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True;

    private static bool CanBe(Batch batch, ProviderBatch seen)
    {
        if (seen.CreatedAt < batch.CreatedAt - Skew || seen.CreatedAt > batch.CreatedAt + BatchProvider.SendLimit + Skew)
            return false;
        return batch.Definition.InputFile is { } file ? seen.InputFile == file : seen.Total == 0 || seen.Total == batch.Definition.LineCount;
    }

    private static JsonDocument? Parse(byte[] json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
