using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace BudgetProxy.Stripe;

/// <summary>
/// Speaks to Stripe. It tries once: who asks knows what may be repeated. Nothing here throws for Stripe's sake, and no message has the key in it. Safe for
/// concurrent use.
/// </summary>
public sealed partial class StripeClient : IDisposable
{
    /// <summary>Pinned, so that a change of the account's default changes nothing here.</summary>
    public const string ApiVersion = "2026-07-29.dahlia";

    /// <summary>The key of an event's payload that names the customer.</summary>
    public const string CustomerPayloadKey = "stripe_customer_id";

    /// <summary>The key of an event's payload that has the value.</summary>
    public const string ValuePayloadKey = "value";

    /// <summary>What Stripe gives at once of a list, at most.</summary>
    private const int PageSize = 100;

    private const int MostAnswerBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(5);
    private static readonly string Agent = $"BudgetProxy/{typeof(StripeClient).Assembly.GetName().Version?.ToString(3)}";

    private readonly StripeOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    public StripeClient(StripeOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // The environment's proxy leads to the world, not to this machine.
            UseProxy = !options.BaseUrl.IsLoopback,
            ConnectTimeout = ConnectLimit,
            PooledConnectionLifetime = ConnectionLife,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MostAnswerBytes,
        };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        _client.DefaultRequestHeaders.Add("Stripe-Version", ApiVersion);
        _client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Agent);
    }

    /// <summary>How long one request may take, from its connection to the last byte of the answer.</summary>
    internal TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>POST /v1/billing/meter_events</c>. Of one customer and meter, Stripe takes one at a time. <see cref="StripeOutcome.Done"/> means received: what Stripe
    /// finds wrong afterwards comes by webhook.
    /// </summary>
    /// <param name="idempotencyKey">At most 255 characters; the same for a repeat of the same event, another once a stored refusal is to be asked again.</param>
    public async ValueTask<StripeReply> SendAsync(MeterEvent meterEvent, string idempotencyKey, CancellationToken cancellationToken)
    {
        var form = new StripeForm()
            .Add("event_name", meterEvent.EventName)
            .Add("payload", CustomerPayloadKey, meterEvent.Customer)
            .Add("payload", ValuePayloadKey, meterEvent.Value.ToString(CultureInfo.InvariantCulture))
            .Add("identifier", meterEvent.Identifier)
            .Add("timestamp", meterEvent.Timestamp);
        var answer = await PostAsync(
            "/v1/billing/meter_events", form, idempotencyKey,
            body => StripeObjects.Text(body, "identifier") is { } identifier && identifier == meterEvent.Identifier ? identifier : null,
            cancellationToken);
        return answer.Reply;
    }

    /// <summary><c>GET /v1/billing/meters/{id}/event_summaries</c>, all pages, oldest first. What has no summary is 0.</summary>
    /// <param name="from">Inclusive, and aligned as <paramref name="window"/> says.</param>
    /// <param name="to">Exclusive, and aligned too.</param>
    public async ValueTask<StripeAnswer<IReadOnlyList<EventSummary>>> SummariesAsync(
        string meterId, string customer, DateTimeOffset from, DateTimeOffset to, SummaryWindow window, CancellationToken cancellationToken)
    {
        var answer = await ListAsync(
            $"/v1/billing/meters/{Uri.EscapeDataString(meterId)}/event_summaries",
            () => new StripeForm().Add("customer", customer).Add("start_time", from).Add("end_time", to)
                .Add("value_grouping_window", window switch { SummaryWindow.Hour => "hour", SummaryWindow.Day => "day", _ => null }),
            StripeObjects.Summary, cancellationToken);
        return new StripeAnswer<IReadOnlyList<EventSummary>>(answer.Reply, answer.Value?.OrderBy(summary => summary.From).ToList());
    }

    /// <summary><c>GET /v1/billing/meters</c>, all pages: active ones and others.</summary>
    public ValueTask<StripeAnswer<IReadOnlyList<StripeMeter>>> MetersAsync(CancellationToken cancellationToken) =>
        ListAsync("/v1/billing/meters", () => new StripeForm(), StripeObjects.Meter, cancellationToken);

    /// <summary><c>GET /v2/core/events/{id}</c>: what a thin event about errors of a meter is about.</summary>
    public ValueTask<StripeAnswer<StripeErrorReport>> ErrorReportAsync(string eventId, CancellationToken cancellationToken) =>
        GetAsync($"/v2/core/events/{Uri.EscapeDataString(eventId)}", new StripeForm(), StripeErrorReports.Read, cancellationToken);

    public void Dispose() => _client.Dispose();

    private ValueTask<StripeAnswer<T>> GetAsync<T>(string path, StripeForm query, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        var text = query.ToString();
        return AskAsync(new HttpRequestMessage(HttpMethod.Get, UrlOf(text.Length == 0 ? path : $"{path}?{text}")), read, cancellationToken);
    }

    private ValueTask<StripeAnswer<T>> PostAsync<T>(
        string path, StripeForm form, string idempotencyKey, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        var request = new HttpRequestMessage(HttpMethod.Post, UrlOf(path))
        {
            Content = new ByteArrayContent(Encoding.ASCII.GetBytes(form.ToString()))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") },
            },
        };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return AskAsync(request, read, cancellationToken);
    }

    private async ValueTask<StripeAnswer<IReadOnlyList<T>>> ListAsync<T>(
        string path, Func<StripeForm> query, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        var all = new List<T>();
        string? after = null;
        while (true)
        {
            var (reply, page) = await GetAsync(
                path, query().Add("limit", PageSize).Add("starting_after", after), body => StripeObjects.Page(body, read), cancellationToken);
            if (page is null)
                return new StripeAnswer<IReadOnlyList<T>>(reply, null);
            all.AddRange(page.Items);
            if (page.Next is null)
                return new StripeAnswer<IReadOnlyList<T>>(reply, all);
            if (page.Next == after)
                return new StripeAnswer<IReadOnlyList<T>>(StripeReplies.Unreadable(reply, "A page of Stripe's list ends where the one before ended."), null);
            after = page.Next;
        }
    }

    private async ValueTask<StripeAnswer<T>> AskAsync<T>(HttpRequestMessage request, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using (request)
            using (var response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token))
                return Read(response, await response.Content.ReadAsByteArrayAsync(limit.Token), read);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new StripeAnswer<T>(StripeReplies.Lost($"No answer within {Limit.TotalSeconds:0.#} s."), null);
        }
        catch (HttpRequestException failed)
        {
            return new StripeAnswer<T>(StripeReplies.OfFailure(failed), null);
        }
        catch (IOException failed)
        {
            return new StripeAnswer<T>(StripeReplies.Lost(failed.Message), null);
        }
    }

    private StripeAnswer<T> Read<T>(HttpResponseMessage response, byte[] body, Func<JsonElement, T?> read)
        where T : class
    {
        JsonElement root = default;
        try
        {
            root = JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            // The status says enough where it is no success.
        }

        var reply = StripeReplies.Of(response, StripeObjects.Member(root, "error"), _clock.GetUtcNow());
        reply = reply with { Message = reply.Message?.Replace(_options.ApiKey, "(the key)", StringComparison.Ordinal) };
        if (!reply.IsDone)
            return new StripeAnswer<T>(reply, null);
        return read(root) is { } value
            ? new StripeAnswer<T>(reply, value)
            : new StripeAnswer<T>(StripeReplies.Unreadable(reply, "Stripe answered 200 with a body that is not what was asked for."), null);
    }

    private Uri UrlOf(string pathAndQuery) => new(_options.BaseUrl.AbsoluteUri.TrimEnd('/') + pathAndQuery);
}
