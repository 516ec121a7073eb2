using System.Collections.Concurrent;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Callers that race each other through all proxies until told to stop. Whatever happens to a call is noted, and the next one is made.</summary>
internal sealed class Traffic
{
    private static readonly TimeSpan ServeLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(45);

    /// <summary>Answers of the proxy's own to calls that it did send on.</summary>
    private static readonly string[] SentOn = ["upstream_unavailable", "upstream_timeout", "provider_key_refused"];

    private readonly Fleet _fleet;
    private readonly TrafficPlan _plan;
    private readonly ConcurrentQueue<PlannedCall> _calls = new();
    private readonly List<Task> _callers;
    private volatile bool _stopped;
    private int _served;

    private Traffic(Fleet fleet, TrafficPlan plan)
    {
        _fleet = fleet;
        _plan = plan;
        _callers = [.. Enumerable.Range(0, plan.Mix.Callers).Select(caller => Task.Run(() => CallOnAsync(caller)))];
    }

    /// <summary>Every call made so far.</summary>
    public IReadOnlyCollection<PlannedCall> Calls => _calls;

    /// <summary>How they ended, such as <c>812 Served 200, 97 Refused 402 budget_exceeded</c>.</summary>
    public string Summary => string.Join(", ", _calls
        .GroupBy(call => $"{call.Outcome} {call.Answered} {call.Code}".TrimEnd())
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Count()} {group.Key}"));

    public static Traffic Start(Fleet fleet, TrafficPlan plan) => new(fleet, plan);

    /// <summary>Returns once so many more calls were served.</summary>
    public async Task ServeAsync(int more)
    {
        var goal = Volatile.Read(ref _served) + more;
        try
        {
            await Poll.UntilAsync(() => IsServed(goal), ServeLimit, $"{more} more calls are served");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; so far {Summary}", late);
        }
    }

    /// <summary>Lets each caller finish the call it is in.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await Task.WhenAll(_callers).WaitAsync(CallLimit + TimeSpan.FromSeconds(10));
    }

    private bool IsServed(int goal)
    {
        _fleet.CheckAlive();
        return Volatile.Read(ref _served) >= goal;
    }

    private async Task CallOnAsync(int caller)
    {
        var random = _plan.RandomOf(caller);
        await Task.Delay(random.Next(300));
        while (!_stopped)
        {
            var call = _plan.Next(caller);
            call.Proxy = _fleet.Choose(random);
            _fleet.Expect(call);
            _calls.Enqueue(call);
            await CallAsync(_fleet, call);
            if (call.Outcome == CallOutcome.Served)
                Interlocked.Increment(ref _served);
            await Task.Delay(call.Outcome switch
            {
                CallOutcome.Refused => random.Next(100, 250),
                CallOutcome.Broken => random.Next(300, 600),
                _ => random.Next(5, 30),
            });
        }
    }

    /// <summary>Makes one call and notes how it ended.</summary>
    /// <param name="patience">An answer that takes longer counts as none; null = the traffic's own limit.</param>
    public static async Task CallAsync(Fleet fleet, PlannedCall call, TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? CallLimit);
        if (call is { Leaves: true, Streamed: false })
            limit.CancelAfter(call.FirstByteDelay / 2);
        try
        {
            using var request = CallWire.Request(call, fleet.KeyOf(call.Tenant));
            using var response = await fleet.ClientOf(call.Proxy).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            call.Answered = (int)response.StatusCode;
            call.Code = response.Headers.TryGetValues("X-BudgetProxy-Code", out var codes) ? codes.First() : null;
            call.Outcome = await ReadAsync(call, response, limit.Token);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException)
        {
            call.Outcome = call.Leaves ? CallOutcome.Left : CallOutcome.Broken;
            call.Error = $"{broken.GetType().Name}: {broken.Message}";
        }
    }

    private static async Task<CallOutcome> ReadAsync(PlannedCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (call.Code is { } code && !SentOn.Contains(code))
            return CallOutcome.Refused;
        if (call.Leaves && call.Answered == 200)
        {
            await using var begun = await response.Content.ReadAsStreamAsync(cancellationToken);
            await begun.ReadExactlyAsync(new byte[100], cancellationToken);
            return CallOutcome.Left;
        }

        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return call.Answered == 200 ? CallOutcome.Served : CallOutcome.Failed;
    }
}
