using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace BudgetProxy.Demo;

/// <summary>The simulated provider's routes of files and batches (sources: OpenAI API reference, files and batch; Anthropic API reference, message batches, 2026-08).</summary>
internal sealed class SimulatedBatchRoutes(HttpContext context, SimulatedCall call, SimulatedProvider provider, SimulatedProviderOptions options)
{
    private readonly bool _anthropic = call.Path.StartsWith("/v1/messages", StringComparison.Ordinal);
    private readonly string[] _parts = call.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private SimulatedBatches Batches => provider.Batches;

    public Task AnswerAsync() => _parts[1] == "files" ? FilesAsync() : BatchesAsync(_parts[(_anthropic ? 3 : 2)..]);

    private Task FilesAsync()
    {
        if (_parts.Length == 2)
            return call.Method == "POST" ? UploadAsync() : SendAsync(200, List(Batches.Files.Values.Select(File)));
        if (!Batches.Files.TryGetValue(_parts[2], out var file))
            return FailAsync(404, $"No such File object: {_parts[2]}");
        if (_parts.Length == 4)
            return ContentAsync(file);
        if (call.Method != "DELETE")
            return SendAsync(200, File(file));
        Batches.Files.TryRemove(file.Id, out _);
        return SendAsync(200, $$"""{"id":"{{file.Id}}","object":"file","deleted":true}""");
    }

    private async Task UploadAsync()
    {
        var type = MediaTypeHeaderValue.Parse(call.Headers["Content-Type"]);
        var reader = new MultipartReader(HeaderUtilities.RemoveQuotes(type.Boundary).Value!, new MemoryStream(call.Body.ToArray()));
        var (purpose, name, bytes) = ("", "", default(byte[]));
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            var disposition = ContentDispositionHeaderValue.Parse(section.ContentDisposition);
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content);
            if (HeaderUtilities.RemoveQuotes(disposition.Name) == "purpose")
                purpose = Encoding.UTF8.GetString(content.ToArray());
            else if (HeaderUtilities.RemoveQuotes(disposition.Name) == "file")
                (name, bytes) = (HeaderUtilities.RemoveQuotes(disposition.FileName).ToString(), content.ToArray());
        }

        if (bytes is null)
            await FailAsync(400, "'file' is a required property");
        else
            await SendAsync(200, File(Batches.AddFile(name, purpose, options.Time.GetUtcNow(), bytes)));
    }

    private async Task ContentAsync(SimulatedFile file)
    {
        if (file.Purpose == "batch_output" && provider.BatchPlan.ResultsStatus != 200)
        {
            await FailAsync(provider.BatchPlan.ResultsStatus, "The server had an error.");
            return;
        }

        call.Status = 200;
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = file.Bytes.Length;
        await context.Response.Body.WriteAsync(file.Bytes, context.RequestAborted);
    }

    private Task BatchesAsync(string[] rest)
    {
        if (rest.Length == 0)
            return call.Method == "POST" ? CreateAsync() : SendAsync(200, Page());
        if (provider.BatchPlan.Forgets || !Batches.All.TryGetValue(rest[0], out var batch))
            return FailAsync(404, $"No batch found with id '{rest[0]}'.");
        lock (batch)
        {
            if (rest is [_, "results"])
                return ResultsAsync(batch);
            if (call.Method == "DELETE")
            {
                Batches.All.TryRemove(batch.Id, out _);
                return SendAsync(200, $$"""{"id":"{{batch.Id}}","type":"message_batch_deleted"}""");
            }

            if (rest is [_, "cancel"])
                Cancel(batch);
            else
                Look(batch);
            return SendAsync(200, Object(batch));
        }
    }

    private async Task CreateAsync()
    {
        var plan = provider.BatchPlan;
        if (plan.CreateStatus > 299)
        {
            await FailAsync(plan.CreateStatus, "The batch can't be made.");
            return;
        }

        using var json = JsonDocument.Parse(call.Body);
        var batch = _anthropic ? MadeOfRequests(json.RootElement) : MadeOfFile(json.RootElement);
        if (batch is null)
        {
            await FailAsync(400, "The input file does not exist.");
            return;
        }

        Batches.All[batch.Id] = batch;
        await Task.Delay(plan.CreateDelay, options.Time, context.RequestAborted);
        if (plan.AbortCreate)
        {
            call.Outcome = SimulatedOutcome.ProviderAborted;
            context.Abort();
            return;
        }

        await SendAsync(200, Object(batch));
    }

    private SimulatedBatch MadeOfRequests(JsonElement root) => new()
    {
        Id = Batches.NextId("msgbatch_"),
        Anthropic = true,
        CreatedAt = options.Time.GetUtcNow(),
        Lines = [.. root.GetProperty("requests").EnumerateArray().Select(request =>
            (request.GetProperty("custom_id").GetString()!, "/v1/messages", request.GetProperty("params").GetRawText()))],
    };

    private SimulatedBatch? MadeOfFile(JsonElement root)
    {
        if (!Batches.Files.TryGetValue(root.GetProperty("input_file_id").GetString()!, out var file))
            return null;
        var lines = Encoding.UTF8.GetString(file.Bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new SimulatedBatch
        {
            Id = Batches.NextId("batch_"),
            Anthropic = false,
            CreatedAt = options.Time.GetUtcNow(),
            InputFile = file.Id,
            Endpoint = root.GetProperty("endpoint").GetString()!,
            Metadata = root.TryGetProperty("metadata", out var metadata) ? metadata.GetRawText() : "null",
            Lines = [.. lines.Select(line => JsonElement.Parse(line)).Select(line =>
                (line.GetProperty("custom_id").GetString()!, line.GetProperty("url").GetString()!, line.GetProperty("body").GetRawText()))],
        };
    }

    private void Look(SimulatedBatch batch)
    {
        var plan = provider.BatchPlan;
        if (batch.Ended || batch.Looks++ < plan.LooksUntilEnd)
            return;
        batch.Status = batch.Anthropic ? "ended" : batch.Cancelled ? "cancelled" : plan.End;
        if (batch.Status != "failed")
            new SimulatedBatchRun(batch, provider, options).Run();
        batch.Ended = true;
    }

    private static void Cancel(SimulatedBatch batch)
    {
        batch.Cancelled = true;
        if (!batch.Ended)
            batch.Status = batch.Anthropic ? "canceling" : "cancelling";
    }

    private async Task ResultsAsync(SimulatedBatch batch)
    {
        if (!batch.Ended || provider.BatchPlan.ResultsStatus != 200)
        {
            await FailAsync(batch.Ended ? provider.BatchPlan.ResultsStatus : 404, "The results are not there.");
            return;
        }

        call.Status = 200;
        context.Response.ContentType = "application/x-jsonl";
        foreach (var line in batch.Results)
            await context.Response.WriteAsync(line + "\n", context.RequestAborted);
    }

    /// <summary>Latest first, two at a time, so that whoever reads a list must page.</summary>
    private string Page()
    {
        var after = context.Request.Query[_anthropic ? "after_id" : "after"].ToString();
        var all = Batches.All.Values.Where(one => one.Anthropic == _anthropic).OrderByDescending(one => one.CreatedAt).ToList();
        var rest = all.Skip(all.FindIndex(one => one.Id == after) + 1).ToList();
        return List(rest.Take(2).Select(Object), rest.Count > 2);
    }

    private static string File(SimulatedFile file) =>
        $$"""{"id":"{{file.Id}}","object":"file","bytes":{{file.Bytes.Length}},"created_at":{{file.CreatedAt.ToUnixTimeSeconds()}},"""
        + $$""" "filename":{{JsonSerializer.Serialize(file.Name)}},"purpose":"{{file.Purpose}}","status":"processed","expires_at":null}""";

    private static string Object(SimulatedBatch batch) => batch.Anthropic ? MessageBatch(batch) : OpenAiBatch(batch);

    private static string OpenAiBatch(SimulatedBatch batch) =>
        $$"""{"id":"{{batch.Id}}","object":"batch","endpoint":"{{batch.Endpoint}}","errors":null,"input_file_id":"{{batch.InputFile}}","""
        + $$""" "completion_window":"24h","status":"{{batch.Status}}","output_file_id":{{Quoted(batch.OutputFile)}},"error_file_id":{{Quoted(batch.ErrorFile)}},"""
        + $$""" "created_at":{{batch.CreatedAt.ToUnixTimeSeconds()}},"request_counts":{"total":{{batch.Lines.Count}},"completed":{{batch.Answered}},"failed":{{batch.Failed}}},"""
        + $$""" "metadata":{{batch.Metadata}}}""";

    private static string MessageBatch(SimulatedBatch batch)
    {
        var waiting = batch.Ended ? 0 : batch.Lines.Count;
        var (cancelled, expired) = batch.Cancelled ? (batch.Unfinished, 0) : (0, batch.Unfinished);
        var results = batch.Ended ? $"\"https://api.anthropic.com/v1/messages/batches/{batch.Id}/results\"" : "null";
        return $$"""{"id":"{{batch.Id}}","type":"message_batch","processing_status":"{{batch.Status}}","request_counts":{"processing":{{waiting}},"""
            + $$""" "succeeded":{{batch.Answered}},"errored":{{batch.Failed}},"canceled":{{cancelled}},"expired":{{expired}}},"ended_at":{{(batch.Ended ? Quoted(batch.CreatedAt.ToString("o")) : "null")}},"""
            + $$""" "created_at":"{{batch.CreatedAt:o}}","expires_at":"{{batch.CreatedAt.AddDays(1):o}}","archived_at":null,"cancel_initiated_at":null,"results_url":{{results}}}""";
    }

    private static string List(IEnumerable<string> items, bool hasMore = false) =>
        $$"""{"object":"list","data":[{{string.Join(',', items)}}],"has_more":{{(hasMore ? "true" : "false")}}}""";

    private static string Quoted(string? text) => text is null ? "null" : $"\"{text}\"";

    private Task FailAsync(int status, string message) => SendAsync(status, SimulatedErrors.For(_anthropic, status, message, "req_simulated"));

    private async Task SendAsync(int status, string json)
    {
        call.Status = status;
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json, context.RequestAborted);
    }
}
