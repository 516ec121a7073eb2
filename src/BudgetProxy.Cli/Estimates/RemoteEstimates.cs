using System.Text;
using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Proxies;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Rates.Calculator;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Cli.Estimates;

/// <summary>Has a question priced by a running proxy, by its rates. Files are counted here: the proxy is told their lengths, never their text.</summary>
internal static class RemoteEstimates
{
    /// <summary>For a model that only the proxy knows: the tokenizer of most, as a guess.</summary>
    private static readonly ModelProfile Unknown = new();

    /// <exception cref="CommandException">The proxy can't be reached, or refuses.</exception>
    public static async Task<EstimateDocument> AskAsync(ProxyAddress proxy, EstimateQuestion question, CancellationToken cancellationToken)
    {
        using var client = new AdminClient(proxy);
        if (question.Files is null)
            return await AskAsync(client, question.Models, question, question.WorkloadFor(Unknown), cancellationToken);

        // Each model counts the files in its own way, so each is a question of its own.
        var answers = new List<EstimateDocument>();
        foreach (var model in question.Models)
        {
            var profile = ModelSearch.Find(RateCard.Shipped, model, question.At).Rate?.Profile ?? Unknown;
            var answer = await AskAsync(client, [model], question, question.WorkloadFor(profile), cancellationToken);
            answers.Add(answer with { Models = [answer.Models[0] with { Approximate = question.IsApproximate(profile) }] });
        }

        return (answers[0] with { Models = [.. answers.SelectMany(answer => answer.Models)] }).WithCheapest();
    }

    private static async Task<EstimateDocument> AskAsync(
        AdminClient client, IReadOnlyList<string> models, EstimateQuestion question, Workload workload, CancellationToken cancellationToken)
    {
        var answer = await client.PostAsync("estimate", Body(models, question, workload), cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(answer, EstimateJson.Default.EstimateDocument) is { Models.Count: > 0 } document
                ? document
                : throw new CommandException("The proxy's answer has no estimate.");
        }
        catch (JsonException)
        {
            throw new CommandException("The proxy's answer is no estimate; is it a BudgetProxy of this version?");
        }
    }

    private static string Body(IReadOnlyList<string> models, EstimateQuestion question, Workload workload)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("models");
            foreach (var model in models)
                json.WriteStringValue(model);
            json.WriteEndArray();
            json.WriteString("at", question.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
            if (question.Tenant is { } tenant)
                json.WriteString("tenant", tenant);
            WriteWorkload(json, workload);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteWorkload(Utf8JsonWriter json, Workload workload)
    {
        json.WriteStartArray("inputs");
        foreach (var group in workload.Inputs)
        {
            json.WriteStartObject();
            json.WriteNumber("requests", group.Requests);
            json.WriteNumber("tokens", group.Tokens);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("outputTokens", workload.OutputTokens);
        json.WriteNumber("cachedPrefixTokens", workload.CachedPrefixTokens);
        json.WriteString("cache", workload.Cache.Name());
        json.WriteString("tier", workload.Tier.ToString().ToLowerInvariant());
        json.WriteBoolean("regional", workload.Regional);
        json.WriteNumber("toolCalls", workload.ToolCalls);
        if (workload.RequestsPerWrite is { } share)
            json.WriteNumber("requestsPerWrite", share);
        if (workload.CacheLifetime is { } lifetime)
            json.WriteNumber("cacheLifetimeSeconds", lifetime.Ticks / TimeSpan.TicksPerSecond);
        if (workload.Per is { } per)
            json.WriteString("per", per.ToString().ToLowerInvariant());
    }
}
