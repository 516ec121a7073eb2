using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Proxies;

/// <summary>Speaks to the admin API of a running proxy, and turns what goes wrong into a sentence.</summary>
internal sealed class AdminClient : IDisposable
{
    private const int MostTries = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http;
    private readonly ProxyAddress _proxy;

    public AdminClient(ProxyAddress proxy)
    {
        _proxy = proxy;
        // As the proxy itself does: what goes to it does not go through another's hands because of HTTP_PROXY. Redirected, the key would go elsewhere.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = proxy.Url, Timeout = proxy.Patience };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", proxy.Key);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("budgetproxy-cli");
    }

    public Uri Url => _proxy.Url;

    /// <summary>How long an answer, or the next part of one that is long, may take.</summary>
    public TimeSpan Patience => _proxy.Patience;

    /// <summary>Sends JSON below <c>/admin/v1/</c> and answers with the body of a success.</summary>
    /// <exception cref="CommandException">The proxy can't be reached, or refuses.</exception>
    public async Task<string> PostAsync(string path, string json, CancellationToken cancellationToken)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await SendAsync(HttpMethod.Post, path, content, null, cancellationToken);
        return await TextAsync(response, cancellationToken);
    }

    /// <inheritdoc cref="PostAsync(string, string, CancellationToken)"/>
    public async Task<AdminAnswer> PostAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        await CallAsync(HttpMethod.Post, path, body, null, cancellationToken);

    /// <summary>
    /// Sends what must not take effect twice: under a word by which the proxy knows it again, so that it can be sent again where the answer was lost, as is done here
    /// twice.
    /// </summary>
    /// <param name="once">The word; null = one is made.</param>
    /// <exception cref="CommandException">The proxy can't be reached, or refuses. Where it is not known whether it took effect, the message says how to find out.</exception>
    public async Task<AdminAnswer> PostOnceAsync(string path, JsonObject body, string? once, CancellationToken cancellationToken)
    {
        var condition = PutCondition.Once(once ?? Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N"));
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await CallAsync(HttpMethod.Post, path, body, condition, cancellationToken);
            }
            catch (CommandException away) when (away.Code == ExitCode.Unavailable)
            {
                if (tries == MostTries)
                    throw new CommandException($"{away.Message} Whether it took effect is not known: the same command with --once {condition.Word} does it now, or does nothing where it was done.", away.Code);
                await Task.Delay(Pause * tries, cancellationToken);
            }
        }
    }

    /// <summary>Sends a body that is no JSON.</summary>
    /// <inheritdoc cref="PostAsync(string, string, CancellationToken)"/>
    public async Task<AdminAnswer> PostAsync(string path, HttpContent body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, null, cancellationToken);
        return await AnswerAsync(response, cancellationToken);
    }

    /// <inheritdoc cref="PostAsync(string, string, CancellationToken)"/>
    public async Task<AdminAnswer> PutAsync(string path, JsonObject body, PutCondition? condition, CancellationToken cancellationToken) =>
        await CallAsync(HttpMethod.Put, path, body, condition, cancellationToken);

    /// <inheritdoc cref="PostAsync(string, string, CancellationToken)"/>
    public async Task<AdminAnswer> GetAsync(string path, CancellationToken cancellationToken) => await CallAsync(HttpMethod.Get, path, null, null, cancellationToken);

    /// <inheritdoc cref="PostAsync(string, string, CancellationToken)"/>
    public async Task<AdminAnswer> GetAsync(AdminQuery query, CancellationToken cancellationToken) => await GetAsync(query.ToString(), cancellationToken);

    /// <inheritdoc cref="PostAsync(string, string, CancellationToken)"/>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken) => await CallAsync(HttpMethod.Delete, path, null, null, cancellationToken);

    /// <summary>Deletes what was looked at, where it is still that.</summary>
    /// <inheritdoc cref="PostAsync(string, string, CancellationToken)"/>
    public async Task DeleteAsync(string path, PutCondition condition, CancellationToken cancellationToken) =>
        await CallAsync(HttpMethod.Delete, path, null, condition, cancellationToken);

    /// <summary>The same as <see cref="GetAsync(string, CancellationToken)"/>; null where it is not there.</summary>
    public async Task<AdminAnswer?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(path, cancellationToken);
        }
        catch (ProxyRefusal refusal) when (refusal.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>A list, page by page.</summary>
    /// <param name="limit">Items in all; null = to the end.</param>
    /// <param name="pageSize">Items of a page at most.</param>
    /// <exception cref="CommandException">The proxy can't be reached, or refuses.</exception>
    public async IAsyncEnumerable<AdminPage> PagesAsync(
        AdminQuery list, long? limit, int pageSize, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rest = limit ?? long.MaxValue;
        do
        {
            var answer = (await GetAsync(list.Page(Math.Min(rest, pageSize), after), cancellationToken)).Json;
            if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("items", out var items) || items.ValueKind != JsonValueKind.Array)
                throw new CommandException($"What is at {Url} answers with no list; is it a BudgetProxy of this version?");
            var next = answer.TryGetProperty("next", out var cursor) && cursor.ValueKind == JsonValueKind.String ? cursor.GetString() : null;
            // A page that ends where it began would be asked for for ever.
            if (next is not null && next == after)
                throw new CommandException($"The list of the proxy at {Url} does not go on.");
            after = next;
            rest -= items.GetArrayLength();
            yield return new AdminPage([.. items.EnumerateArray()], after);
        }
        while (after is not null && rest > 0);
    }

    /// <summary>A success whose body is still to be read: for what is long.</summary>
    /// <exception cref="CommandException">The proxy can't be reached, or refuses.</exception>
    public Task<HttpResponseMessage> OpenAsync(AdminQuery query, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, query.ToString(), null, null, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<AdminAnswer> CallAsync(HttpMethod method, string path, JsonObject? body, PutCondition? condition, CancellationToken cancellationToken)
    {
        using var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await SendAsync(method, path, content, condition, cancellationToken);
        return await AnswerAsync(response, cancellationToken);
    }

    private async Task<AdminAnswer> AnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await TextAsync(response, cancellationToken);
        try
        {
            return new AdminAnswer(
                text.Length == 0 ? default : JsonElement.Parse(text), response.Headers.TryGetValues("ETag", out var tags) ? tags.First() : null,
                response.Headers.Contains("Idempotent-Replayed"));
        }
        catch (JsonException)
        {
            throw new CommandException($"What is at {Url} answers with no JSON; is it a BudgetProxy of this version?");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, PutCondition? condition, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri("admin/v1/" + path, UriKind.Relative)) { Content = content };
        condition?.Write(request.Headers);
        var response = await ReachingAsync(() => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw ProxyRefusal.Of(Url, response.StatusCode, await TextAsync(response, cancellationToken));
    }

    private async Task<string> TextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        return await ReachingAsync(() => response.Content.ReadAsStringAsync(late.Token), cancellationToken);
    }

    private async Task<T> ReachingAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act();
        }
        catch (Exception away) when (away is HttpRequestException or IOException)
        {
            throw new CommandException($"The proxy at {Url} can't be reached: {away.Message}", ExitCode.Unavailable);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"The proxy at {Url} has not answered in {Patience.TotalSeconds:0} seconds; --timeout gives it longer.", ExitCode.Unavailable);
        }
    }
}
