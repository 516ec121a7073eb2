using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>
/// Stripe on a loopback port, over real sockets, with the rules that an exporter runs into, and books of its own. Its clock is the one it is given. Safe for any number of
/// callers.
/// </summary>
internal sealed class SimulatedStripe : IAsyncDisposable
{
    private readonly IdempotencyTable _keys;
    private readonly MeterEventRoutes _events;
    private WebApplication? _app;
    private int _arrived;
    private int _eventsArrived;

    private SimulatedStripe(TimeProvider clock)
    {
        Clock = clock;
        _keys = new IdempotencyTable(clock);
        _events = new MeterEventRoutes(this);
        Meters = new MeterRoutes(this);
        Catalog = new SimulatedCatalog(this);
        Reports = new SimulatedReports(this);
    }

    public TimeProvider Clock { get; }

    /// <summary>Without a slash at the end; stays the same when it goes away and comes back.</summary>
    public string Address { get; private set; } = "http://127.0.0.1:0";

    /// <summary>The only key that it takes.</summary>
    public string Key { get; set; } = "sk_test_simulated_stripe_canary";

    /// <summary>How long what was accepted is missing from summaries.</summary>
    public TimeSpan Lag { get; set; }

    /// <summary>True: an event of an unknown customer is accepted, and thrown away afterwards.</summary>
    public bool CustomersCheckedLater { get; set; }

    /// <summary>Added to its own clock in the header <c>Date</c>.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>What a second event of a customer and meter under way is answered: 409 or 429.</summary>
    public int StatusWhereLocked { get; set; } = StatusCodes.Status429TooManyRequests;

    /// <summary>True: the key may do nothing of this.</summary>
    public bool Forbids { get; set; }

    public StripeBooks Books { get; } = new();

    public StripeFaults Faults { get; } = new();

    public MeterRoutes Meters { get; }

    public SimulatedCatalog Catalog { get; }

    /// <summary>What it tells of what it threw away.</summary>
    public SimulatedReports Reports { get; }

    public static async Task<SimulatedStripe> StartAsync(TimeProvider? clock = null)
    {
        var stripe = new SimulatedStripe(clock ?? TimeProvider.System);
        await stripe.ComeBackAsync();
        return stripe;
    }

    public SimulatedCustomer AddCustomer(string id) => Catalog.AddCustomer(id);

    public SimulatedMeter AddMeter(string eventName) => Meters.Add(eventName);

    /// <summary>Connections are refused from now on; the books stay.</summary>
    public async Task GoAwayAsync()
    {
        if (_app is not { } app)
            return;
        _app = null;
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    /// <summary>Listens again, where it did.</summary>
    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, new Uri(Address).Port);
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        app.Run(HandleAsync);
        await app.StartAsync();
        (_app, Address) = (app, app.Urls.First());
    }

    public async ValueTask DisposeAsync() => await GoAwayAsync();

    private async Task HandleAsync(HttpContext context)
    {
        if (Faults.Away)
        {
            context.Abort();
            return;
        }

        string text;
        using (var reader = new StreamReader(context.Request.Body, Encoding.UTF8))
            text = await reader.ReadToEndAsync();
        var isEvent = HttpMethods.IsPost(context.Request.Method) && context.Request.Path == StripeCall.MeterEvents;
        var call = new StripeCall(
            Interlocked.Increment(ref _arrived), isEvent ? Interlocked.Increment(ref _eventsArrived) : 0, context.Request.Method, context.Request.Path.Value ?? "",
            Parse(HttpMethods.IsPost(context.Request.Method) ? text : context.Request.QueryString.Value?.TrimStart('?') ?? ""),
            context.Request.Headers["Idempotency-Key"].FirstOrDefault());
        Books.Note(call);
        var fault = Faults.Of(call);
        if (fault?.Kind == StripeFaultKind.DropBefore)
        {
            context.Abort();
            return;
        }

        if (fault?.Kind == StripeFaultKind.SlowBefore)
            await Task.Delay(fault.Wait);
        var result = Before(context.Request, fault) ?? await ServeAsync(call, fault);
        if (result.Status >= StatusCodes.Status400BadRequest && !result.Headers.ContainsKey("Idempotent-Replayed"))
            Books.NoteRefusal(call, result);
        if (fault?.Kind == StripeFaultKind.SlowReply)
            await Task.Delay(fault.Wait);
        if (fault?.Kind == StripeFaultKind.DropReply)
            context.Abort();
        else
            await WriteAsync(context, call, result, cut: fault?.Kind == StripeFaultKind.CutJson);
    }

    /// <summary>What is answered before anything begins, and is stored nowhere.</summary>
    private StripeResult? Before(HttpRequest request, StripeFault? fault)
    {
        if (request.Headers.Authorization != $"Bearer {Key}")
            return StripeResult.Of(401, "invalid_request_error", "Invalid API Key provided: sk_test_****nary");
        if (Forbids)
            return StripeResult.Of(403, "invalid_request_error", "The provided key does not have the required permissions for this endpoint. Having the 'rak_billing_meter_event_write' permission would allow this request to continue.");
        if (string.IsNullOrEmpty(request.Headers["Stripe-Version"]))
            return StripeResult.Invalid("The header Stripe-Version is required here.");
        if (HttpMethods.IsPost(request.Method) && request.ContentType?.Split(';')[0].Trim() != "application/x-www-form-urlencoded")
            return StripeResult.Invalid("Invalid request (check that your POST content type is application/x-www-form-urlencoded).");
        return fault?.Kind switch
        {
            StripeFaultKind.Conflict => StripeResult.Of(409, "api_error", "The object is being changed by another request."),
            StripeFaultKind.RateLimited => StripeResult.Of(429, "invalid_request_error", "Request rate limit exceeded.", "rate_limit")
                .With("Stripe-Rate-Limited-Reason", "endpoint-rate").With("Retry-After", "1"),
            StripeFaultKind.LockTimeout => LockTimeout(429),
            StripeFaultKind.Unavailable => StripeResult.Of(503, "api_error", "Stripe can't be reached just now."),
            _ => null,
        };
    }

    private async Task<StripeResult> ServeAsync(StripeCall call, StripeFault? fault)
    {
        if (_keys.Enter(call) is { } known)
            return known;
        var result = StripeResult.Of(500, "api_error", "The simulated Stripe failed.");
        try
        {
            result = fault?.Kind == StripeFaultKind.ErrorBefore ? Failed() : call.IsMeterEvent ? await ServeEventAsync(call, fault) : Route(call);
            if (fault?.Kind == StripeFaultKind.ErrorAfter && result.Status < StatusCodes.Status400BadRequest)
                result = Failed();
            return result;
        }
        finally
        {
            _keys.Leave(call, result);
        }
    }

    private async Task<StripeResult> ServeEventAsync(StripeCall call, StripeFault? fault)
    {
        if (MeterEventRoutes.Check(call) is { } wrong)
            return wrong;
        var (customer, eventName) = (call["payload[stripe_customer_id]"] ?? "", call["event_name"]!);
        var locked = Books.Begin(customer, eventName);
        try
        {
            if (locked)
                return LockTimeout(StatusWhereLocked);
            if (Faults.Hold > TimeSpan.Zero)
                await Task.Delay(Faults.Hold);
            return _events.Execute(call, fault?.Kind == StripeFaultKind.RejectLater);
        }
        finally
        {
            Books.End(customer, eventName);
        }
    }

    private StripeResult Route(StripeCall call) => (call.Part(0), call.Part(1), call.Part(2)) switch
    {
        ("v1", "billing", "meters") => Meters.Answer(call),
        ("v1", "billing", "meter_event_adjustments") when call.IsPost => _events.Adjust(call),
        ("v2", "core", "events") when !call.IsPost => Reports.Answer(call),
        ("v1", "customers", _) => Catalog.AnswerCustomers(call),
        ("v1", "products", _) => Catalog.AnswerProducts(call),
        ("v1", "prices", _) => Catalog.AnswerPrices(call),
        _ => SimulatedLists.NoSuchRoute(call),
    };

    private async Task WriteAsync(HttpContext context, StripeCall call, StripeResult result, bool cut)
    {
        var response = context.Response;
        response.StatusCode = result.Status;
        response.ContentType = "application/json";
        response.Headers["Request-Id"] = $"req_sim{call.Number}";
        response.Headers.Date = (Clock.GetUtcNow() + Skew).ToString("R");
        if (call.IdempotencyKey is { } key)
            response.Headers["Idempotency-Key"] = key;
        foreach (var (name, value) in result.Headers)
            response.Headers[name] = value;
        var body = Encoding.UTF8.GetBytes(cut ? result.Body[..(result.Body.Length / 2)] : result.Body);
        try
        {
            await response.Body.WriteAsync(body);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The caller has given up: it was carried out all the same.
        }
    }

    private static StripeResult Failed() =>
        new StripeResult(500, """{"error":{"message":"An unknown error occurred","type":"api_error"}}""").With("Stripe-Should-Retry", "false");

    private static StripeResult LockTimeout(int status) => StripeResult
        .Of(status, "invalid_request_error", "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.", "lock_timeout")
        .With("Stripe-Should-Retry", "true");

    private static List<KeyValuePair<string, string>> Parse(string text) =>
    [
        .. text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Select(pair => KeyValuePair.Create(WebUtility.UrlDecode(pair[0]), pair.Length > 1 ? WebUtility.UrlDecode(pair[1]) : "")),
    ];
}
