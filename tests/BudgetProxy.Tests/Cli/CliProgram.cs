using System.Diagnostics;
using System.Text;
using System.Reflection;
using System.Runtime.Loader;
using BudgetProxy.Tests.Conventions;

namespace BudgetProxy.Tests.Cli;

/// <summary>The built command line, as a process or as types.</summary>
internal static class CliProgram
{
    /// <summary>Far more than any command takes on the slowest machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly string Path = FindProgram();

    /// <summary>Its types, apart from this process's own: its assembly has the proxy's name but for the case.</summary>
    public static Assembly Load()
    {
        var context = new AssemblyLoadContext("cli");
        var resolver = new AssemblyDependencyResolver(Path);
        context.Resolving += (_, name) => resolver.ResolveAssemblyToPath(name) is { } path ? context.LoadFromAssemblyPath(path) : null;
        return context.LoadFromAssemblyPath(Path);
    }

    public static Task<CliAnswer> RunAsync(params string[] arguments) => RunAsync([], arguments);

    public static Task<CliAnswer> RunAsync((string Name, string Value)[] environment, params string[] arguments) =>
        RunAsync("dotnet", [Path, .. arguments], environment);

    /// <summary>With this on standard input.</summary>
    public static Task<CliAnswer> RunAsync((string Name, string Value)[] environment, string input, string[] arguments) =>
        RunAsync("dotnet", [Path, .. arguments], environment, input);

    /// <summary>On a terminal of its own; nothing is typed.</summary>
    public static Task<CliAnswer> RunOnTerminalAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        var command = string.Join(' ', arguments.Prepend(Path).Prepend("dotnet").Select(word => $"'{word}'"));
        return RunAsync("script", ["--quiet", "--return", "--command", command, "/dev/null"], environment);
    }

    /// <summary>On a terminal of its own, where somebody answers once the question stands there.</summary>
    public static Task<CliAnswer> AnswerOnTerminalAsync((string Name, string Value)[] environment, string question, string answer, params string[] arguments)
    {
        var command = string.Join(' ', arguments.Prepend(Path).Prepend("dotnet").Select(word => $"'{word}'"));
        return RunAsync("script", ["--quiet", "--return", "--command", command, "/dev/null"], environment, answer + "\n", question);
    }

    /// <summary>On a terminal of its own, until somebody presses Ctrl-C after a few seconds; the last line is its exit code.</summary>
    public static Task<CliAnswer> RunOnTerminalUntilInterruptedAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        var command = string.Join(' ', arguments.Prepend(Path).Prepend("dotnet").Select(word => $"'{word}'"));
        return RunAsync("script", ["--quiet", "--return", "--command", $"timeout --foreground --preserve-status --signal INT 5 {command}; echo code $?", "/dev/null"], environment);
    }

    private static async Task<CliAnswer> RunAsync(string program, string[] arguments, (string Name, string Value)[] environment, string input = "", string? question = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var name in new[] { "COLUMNS", "NO_COLOR", "BUDGETPROXY_ADMIN_KEY", "BUDGETPROXY_URL", "BUDGETPROXY_PROFILE" })
            start.Environment.Remove(name);
        // Whoever runs the tests may have profiles of their own.
        start.Environment["XDG_CONFIG_HOME"] = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "budgetproxy-no-config");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        // One that waits for what never comes must fail its test and not hold up all others.
        using var limit = new CancellationTokenSource(Limit);
        await using var end = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var error = process.StandardError.ReadToEndAsync();
        var asked = question is null ? "" : await ReadUntilAsync(process.StandardOutput, question);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = asked + await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CliAnswer(process.ExitCode, output, await error);
    }

    private static async Task<string> ReadUntilAsync(StreamReader output, string text)
    {
        var read = new StringBuilder();
        var one = new char[1];
        while (!read.ToString().EndsWith(text, StringComparison.Ordinal) && await output.ReadAsync(one) > 0)
            read.Append(one);
        return read.ToString();
    }

    private static string FindProgram()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return System.IO.Path.Combine(SourceTree.Root, "src", "BudgetProxy.Cli", "bin", here.Parent!.Name, here.Name, "budgetproxy.dll");
    }
}
