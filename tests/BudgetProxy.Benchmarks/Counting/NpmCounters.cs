using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace BudgetProxy.Benchmarks.Counting;

/// <summary>The npm packages tiktoken and gpt-tokenizer, installed into a temporary folder and run by Node on one core, as ours are.</summary>
internal sealed class NpmCounters : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("counting-").FullName;

    private NpmCounters()
    {
        foreach (var name in new[] { "package.json", "speed.mjs" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Counting", "npm", name), Path.Combine(_folder, name));
    }

    /// <summary>Null where Node, npm or the packages can't be had; then says why.</summary>
    public static NpmCounters? Install()
    {
        var counters = new NpmCounters();
        try
        {
            counters.Run("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline");
            return counters;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            Console.WriteLine($"Without the npm packages, whose columns stay empty: {e.Message}");
            Console.WriteLine();
            counters.Dispose();
            return null;
        }
    }

    /// <summary>Nanoseconds a byte by tiktoken and by gpt-tokenizer.</summary>
    /// <exception cref="InvalidOperationException">They count otherwise than ours.</exception>
    public (double Tiktoken, double GptTokenizer) Measure(byte[] text, int tokens)
    {
        File.WriteAllBytes(Path.Combine(_folder, "text"), text);
        var answer = Run("node", "speed.mjs", "text").Split(' ', '\n');
        var counts = answer[2..4].Select(int.Parse).ToList();
        if (counts.Any(count => count != tokens)) throw new InvalidOperationException($"tiktoken and gpt-tokenizer count {string.Join(" and ", counts)}, ours {tokens}.");
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {errors.Result}");
    }
}
