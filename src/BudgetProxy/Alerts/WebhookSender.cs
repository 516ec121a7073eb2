using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace BudgetProxy.Alerts;

/// <summary>
/// Posts an alert to a webhook, signed. Redirects are not followed, nor is a proxy of the environment asked; the answer's body is not read, so that a
/// webhook is no means to read what only this machine can reach.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    /// <summary>How long one attempt may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private const int MostErrorChars = 300;
    private const int MostDrainedBytes = 64 * 1024;
    private const int MostHeaderKilobytes = 32;
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(1);
    private static readonly string Agent = $"BudgetProxy/{typeof(WebhookSender).Assembly.GetName().Version?.ToString(3)}";

    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    public WebhookSender(TimeProvider clock)
    {
        _clock = clock;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = AddressGuard.ConnectAsync,
            PooledConnectionLifetime = ConnectionLife,
            MaxResponseDrainSize = MostDrainedBytes,
            MaxResponseHeadersLength = MostHeaderKilobytes,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>True where the URL names an address that is never connected to; a name is looked up only when it is.</summary>
    public static bool IsForbidden(Uri url) => IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address) && AddressGuard.IsForbidden(address);

    /// <summary>Tries once. Never throws for the receiver's sake.</summary>
    /// <exception cref="OperationCanceledException">The proxy stops.</exception>
    public async Task<WebhookAnswer> SendAsync(Webhook webhook, Alert alert, CancellationToken cancellationToken)
    {
        var at = _clock.GetUtcNow();
        var begun = _clock.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        int? status = null;
        TimeSpan? retryAfter = null;
        string? error;
        try
        {
            using var request = RequestOf(webhook, alert, at);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            status = (int)response.StatusCode;
            retryAfter = WaitOf(response.Headers.RetryAfter, at);
            error = response.IsSuccessStatusCode ? null : ErrorOf(response.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            error = $"No answer within {Limit.TotalSeconds:0} s.";
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or UriFormatException or FormatException or InvalidOperationException)
        {
            error = Cut(failed.InnerException is { } inner ? $"{failed.Message} {inner.Message}" : failed.Message);
        }

        var milliseconds = (long)_clock.GetElapsedTime(begun).TotalMilliseconds;
        return new WebhookAnswer(new DeliveryAttempt(at, status, error, milliseconds), retryAfter, status == (int)HttpStatusCode.Gone);
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage RequestOf(Webhook webhook, Alert alert, DateTimeOffset at)
    {
        var secrets = new List<string> { webhook.Secret };
        if (webhook.OldSecret is { } old && at < webhook.OldUntil)
            secrets.Add(old);
        var timestamp = at.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(alert.Body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.TryAddWithoutValidation("User-Agent", Agent);
        request.Headers.TryAddWithoutValidation("webhook-id", alert.PublicId);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSecret.Sign(secrets, alert.PublicId, timestamp, alert.Body));
        return request;
    }

    private static TimeSpan? WaitOf(RetryConditionHeaderValue? header, DateTimeOffset now) => header?.Delta ?? (header?.Date is { } date ? date - now : null);

    private static string ErrorOf(HttpStatusCode status) => (int)status is >= 300 and < 400
        ? $"The receiver answered {(int)status}: redirects are not followed, so set the URL that it leads to."
        : $"The receiver answered {(int)status}.";

    private static string Cut(string text) => text.Length <= MostErrorChars ? text : text[..MostErrorChars];
}
