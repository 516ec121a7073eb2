using System.Runtime.InteropServices;

namespace BudgetProxy.Hosting;

/// <summary>
/// Counts the signals that ask the process to stop. The host answers the first; it knows no second, which is somebody who waits no longer.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action _hurry;
    private int _seen;

    /// <param name="hurry">Called on each signal after the first.</param>
    public StopSignals(Action hurry)
    {
        _hurry = hurry;
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // Without this the runtime would end the process here, with calls in flight.
        context.Cancel = true;
        if (Interlocked.Increment(ref _seen) > 1)
            _hurry();
    }
}
