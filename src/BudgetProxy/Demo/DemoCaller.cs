using System.Net.Http.Headers;
using System.Text;

namespace BudgetProxy.Demo;

/// <summary>Makes the demo's calls with a virtual key, as a provider's SDK would, and reads what the proxy says of them.</summary>
internal sealed class DemoCaller(Uri proxy, string key) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = proxy };

    /// <summary>One call; ledger entry and balance are the caller's to add.</summary>
    public async Task<DemoCall> CallAsync(int number, DemoStep step, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, step.Path);
        request.Content = new StringContent(step.Body, Encoding.UTF8, "application/json");
        if (step.Anthropic)
        {
            request.Headers.Add("x-api-key", key);
            request.Headers.Add("anthropic-version", "2023-06-01");
        }
        else
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return new DemoCall
        {
            Number = number,
            Step = step,
            Status = (int)answer.StatusCode,
            RequestId = Read(answer.Headers, "X-BudgetProxy-Request-Id"),
            Code = Read(answer.Headers, "X-BudgetProxy-Code"),
            EstimatedInput = long.TryParse(Read(answer.Headers, "X-BudgetProxy-Estimated-Input-Tokens"), out var tokens) ? tokens : null,
            Reserved = Money(answer.Headers, "X-BudgetProxy-Estimated-Cost-Usd"),
            Cost = Money(step.Streamed ? answer.TrailingHeaders : answer.Headers, "X-BudgetProxy-Cost-Usd"),
            Whole = IsWhole(step, text),
        };
    }

    public void Dispose() => _http.Dispose();

    private static bool IsWhole(DemoStep step, string text) => step switch
    {
        { Streamed: false } => text.EndsWith('}'),
        { Anthropic: true } => text.Contains("event: message_stop", StringComparison.Ordinal),
        _ => text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal),
    };

    private static decimal? Money(HttpResponseHeaders headers, string name) => decimal.TryParse(Read(headers, name), out var usd) ? usd : null;

    private static string? Read(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.First() : null;
}
