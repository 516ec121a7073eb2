using System.Diagnostics.Tracing;
using System.Threading.Channels;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>The GC heap of another .NET process, which its runtime tells once a second.</summary>
internal sealed class GcHeapSampler : IDisposable
{
    private readonly EventPipeSession _session;
    private readonly EventPipeEventSource _source;
    private readonly Channel<double> _samples =
        Channel.CreateBounded<double>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    public GcHeapSampler(int processId)
    {
        var everySecond = new Dictionary<string, string>(StringComparer.Ordinal) { ["EventCounterIntervalSec"] = "1" };
        var counters = new EventPipeProvider("System.Runtime", EventLevel.Informational, arguments: everySecond);
        _session = new DiagnosticsClient(processId).StartEventPipeSession([counters], requestRundown: false);
        _source = new EventPipeEventSource(_session.EventStream);
        _source.Dynamic.All += OnEvent;
        _ = Task.Factory.StartNew(_source.Process, TaskCreationOptions.LongRunning);
    }

    /// <summary>MiB of the GC heap, at most a second old or to come.</summary>
    public ValueTask<double> NextAsync() => _samples.Reader.ReadAsync();

    public void Dispose()
    {
        _source.StopProcessing();
        _session.Dispose();
    }

    private void OnEvent(TraceEvent happening)
    {
        if (happening.EventName == "EventCounters"
            && happening.PayloadValue(0) is IDictionary<string, object> envelope
            && envelope["Payload"] is IDictionary<string, object> counter
            && counter["Name"] is "gc-heap-size")
            _samples.Writer.TryWrite((double)counter["Mean"]);
    }
}
