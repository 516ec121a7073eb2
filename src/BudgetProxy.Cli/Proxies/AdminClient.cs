using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace BudgetProxy.Cli.Proxies;

/// <summary>Speaks to the admin API of a running proxy, and turns what goes wrong into a sentence.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly ProxyAddress _proxy;

    public AdminClient(ProxyAddress proxy)
    {
        _proxy = proxy;
        // As the proxy itself does: what goes to it does not go through another's hands because of HTTP_PROXY. Redirected, the key would go elsewhere.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = proxy.Url, Timeout = Patience };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", proxy.Key);
    }

    /// <summary>Sends JSON below <c>/admin/v1/</c> and answers with the body of a success.</summary>
    /// <exception cref="CommandException">The proxy can't be reached, or refuses.</exception>
    public async Task<string> PostAsync(string path, string json, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var response = await _http.PostAsync(new Uri("admin/v1/" + path, UriKind.Relative), content, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode ? body : throw new CommandException(Refusal((int)response.StatusCode, body));
        }
        catch (HttpRequestException away)
        {
            throw new CommandException($"The proxy at {_proxy.Url} can't be reached: {away.Message}");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"The proxy at {_proxy.Url} has not answered in {Patience.TotalSeconds:0} seconds.");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The problem's own words (RFC 9457), where there are any.</summary>
    private string Refusal(int status, string body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body);
            var root = problem.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("title", out var title) && root.TryGetProperty("detail", out var detail))
                return $"The proxy at {_proxy.Url} refuses ({status}). {title.GetString()} {detail.GetString()}";
        }
        catch (JsonException)
        {
            // Something else answered.
        }

        return $"What is at {_proxy.Url} answers {status} and is no BudgetProxy of this version.";
    }
}
