using System.Text;
using System.Text.Json;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Demo;

/// <summary>Runs the lines of a batch at its end: each as a call of its own, the results in an order of their own.</summary>
internal sealed class SimulatedBatchRun(SimulatedBatch batch, SimulatedProvider provider, SimulatedProviderOptions options)
{
    private readonly List<string> _good = [];
    private readonly List<string> _bad = [];

    public void Run()
    {
        var number = 0;
        foreach (var (id, path, body) in batch.Lines)
            RunLine(id, path, body, ++number);
        Shuffle(_good);
        Shuffle(_bad);
        var plan = provider.BatchPlan;
        if (batch.Anthropic)
        {
            batch.Results = plan.Results(_good);
            return;
        }

        // A batch that failed was never run.
        if (_good.Count > 0)
            batch.OutputFile = Keep("output", plan.Results(_good));
        if (_bad.Count > 0)
            batch.ErrorFile = Keep("error", _bad);
    }

    private string Keep(string name, IReadOnlyList<string> lines) => provider.Batches.AddFile(
        $"{batch.Id}_{name}.jsonl", "batch_output", options.Time.GetUtcNow(), Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")))).Id;

    private void RunLine(string id, string path, string body, int number)
    {
        var call = new SimulatedCall
        {
            Number = number,
            Method = "POST",
            Path = path,
            Query = "",
            Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["custom-id"] = id },
            StartedAt = options.Time.GetUtcNow(),
            Body = Encoding.UTF8.GetBytes(body),
        };
        call.Request = SimulatedRequest.Read(path, call.Body, options.CountText);
        var answer = provider.Script(call) with { ServiceTier = batch.Anthropic ? "batch" : null };
        if (answer.Unfinished)
        {
            batch.Unfinished++;
            (batch.Anthropic ? _good : _bad).Add(Unfinished(id));
            return;
        }

        var status = call.Request.Error is null ? answer.Status : 400;
        var whole = status == 200 ? Whole(path, call, answer) : answer.ErrorBody ?? SimulatedErrors.For(batch.Anthropic, status, "The request failed.", $"req_{number}");
        provider.Batches.Book(new SimulatedBatchLine(batch.Id, id, call.Request.Model, status, status == 200 ? call.Billed : default(Usage)));
        if (status == 200)
            batch.Answered++;
        else
            batch.Failed++;
        (batch.Anthropic || status == 200 ? _good : _bad).Add(Line(id, status, whole, number));
    }

    private static string Whole(string path, SimulatedCall call, SimulatedAnswer answer) => path switch
    {
        "/v1/embeddings" => new SimulatedOpenAi(null!, call, answer).Embeddings(),
        "/v1/responses" => new SimulatedResponses(null!, call, answer).Whole(),
        "/v1/messages" => new SimulatedAnthropic(null!, call, answer).Whole(),
        _ => new SimulatedOpenAi(null!, call, answer).Completion(),
    };

    private string Line(string id, int status, string body, int number)
    {
        var custom = JsonSerializer.Serialize(id);
        if (!batch.Anthropic)
            return $$"""{"id":"batch_req_{{number}}","custom_id":{{custom}},"response":{"status_code":{{status}},"request_id":"req_{{number}}","body":{{body}} },"error":null}""";
        return status == 200
            ? $$"""{"custom_id":{{custom}},"result":{"type":"succeeded","message":{{body}} } }"""
            : $$"""{"custom_id":{{custom}},"result":{"type":"errored","error":{{body}} } }""";
    }

    private string Unfinished(string id)
    {
        var custom = JsonSerializer.Serialize(id);
        if (batch.Anthropic)
            return $$"""{"custom_id":{{custom}},"result":{"type":"{{(batch.Cancelled ? "canceled" : "expired")}}"} }""";
        var code = batch.Cancelled ? "batch_cancelled" : "batch_expired";
        return $$"""{"id":"batch_req_0","custom_id":{{custom}},"response":null,"error":{"code":"{{code}}","message":"This request could not be executed in time."} }""";
    }

    // The same each time for one batch, and hardly ever the lines' own order.
    private void Shuffle(List<string> lines)
    {
        var random = new Random(batch.Lines.Count);
        for (var i = lines.Count - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (lines[i], lines[other]) = (lines[other], lines[i]);
        }
    }
}
