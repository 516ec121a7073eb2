using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>Reads a long body once, piece by piece.</summary>
internal static class BatchBody
{
    /// <summary>Cuts the body into its items, and keeps it in the spool where there is one. Null = it was read to its end, or until so many lines are at fault.</summary>
    /// <param name="problems">Of the lines, as they are found.</param>
    public static async ValueTask<GatewayRefusal?> ReadAsync(Call call, ItemSplitter items, LineProblems problems, BatchSpool? spool, long maxBytes)
    {
        var (reader, bytes) = (call.Context.Request.BodyReader, 0L);
        try
        {
            while (true)
            {
                var read = await reader.ReadAsync(call.Context.RequestAborted);
                bytes += read.Buffer.Length;
                if (bytes > maxBytes)
                {
                    // Given back, so that the server can read the rest away.
                    reader.AdvanceTo(read.Buffer.End);
                    return Refusals.TooLarge(maxBytes);
                }

                if (read.IsCanceled)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    return BatchRefusals.TooSlow;
                }

                foreach (var segment in read.Buffer)
                {
                    items.Feed(segment.Span);
                    if (spool is not null && items.Problem is null && problems.Count == 0)
                        await spool.WriteAsync(segment, call.Context.RequestAborted);
                }

                reader.AdvanceTo(read.Buffer.End);
                if (problems.IsCut)
                    return null;
                if (!read.IsCompleted && items.Problem is null)
                    continue;
                items.Finish();
                return items.Problem is { } problem ? Refusals.InvalidRequest(new RequestError(problem, null)) : null;
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            return Refusals.BrokenBody;
        }
    }
}
