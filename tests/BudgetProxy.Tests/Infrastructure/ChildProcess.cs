using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>
/// A process that dies with this one, however this one ends: the kernel kills it when the thread that started it is gone, and that thread
/// lives as long as the process. Where a test has a time limit, it dies at that too, so that a test that hangs holds nothing up.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private static readonly bool CanBindLives = File.Exists("/usr/bin/setpriv");
    private static readonly BlockingCollection<Action> Starts = StartLauncher();

    private readonly Process _process;
    private readonly ConcurrentQueue<string?> _output = new();
    private readonly CancellationTokenRegistration _timeout;

    private ChildProcess(Process process, CancellationToken testEnd)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data);
        process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _timeout = testEnd.Register(() => Signal(SigKill));
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it wrote to standard output and error so far; complete once it has ended.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts a program.</summary>
    /// <param name="environment">Added to this process's own.</param>
    /// <param name="outlivesTest">True for what several tests share.</param>
    public static ChildProcess Start(
        string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, bool outlivesTest = false)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.FileName = CanBindLives ? "setpriv" : file;
        IEnumerable<string> words = CanBindLives ? ["--pdeathsig", "KILL", "--", file, .. arguments] : arguments;
        foreach (var word in words)
            start.ArgumentList.Add(word);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Launch(start);
        return new ChildProcess(process, outlivesTest ? CancellationToken.None : TestContext.Current.CancellationToken);
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed. Does nothing to a process that has ended.</summary>
    public async Task KillAsync()
    {
        Signal(SigKill);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, without waiting.</summary>
    public void AskToEnd() => Signal(SigTerm);

    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public async Task<int> WhenEndedAsync(TimeSpan limit)
    {
        await _process.WaitForExitAsync().WaitAsync(limit);
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: it stands still in the middle of whatever it does, its connections open.</summary>
    public void Freeze() => Signal(SigStop);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signal(SigCont);

    public async ValueTask DisposeAsync()
    {
        await _timeout.DisposeAsync();
        await KillAsync();
        _process.Dispose();
    }

    private void Signal(int number)
    {
        if (!_process.HasExited)
            _ = Kill(_process.Id, number);
    }

    private static Process Launch(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception failed)
            {
                started.SetException(failed);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }

    private static BlockingCollection<Action> StartLauncher()
    {
        var starts = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable())
                start();
        })
        {
            IsBackground = true,
            Name = "children",
        }.Start();
        return starts;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
