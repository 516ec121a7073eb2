using System.ComponentModel;
using System.Diagnostics;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>The npm package tiktoken, installed into a temporary folder and run by Node.</summary>
internal sealed class NodeTiktoken : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tiktoken-").FullName;

    /// <summary>Null with the reason where Node or npm is missing, or the package can't be had.</summary>
    public static NodeTiktoken? Install(out string reason)
    {
        var tiktoken = new NodeTiktoken();
        foreach (var name in new[] { "package.json", "count.mjs" })
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tokens", name), Path.Combine(tiktoken._folder, name));
        try
        {
            tiktoken.Run("node", "--version", "");
            tiktoken.Run("npm", "install --no-package-lock --no-audit --no-fund --ignore-scripts --prefer-offline", "");
            reason = "";
            return tiktoken;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            tiktoken.Dispose();
            reason = $"Node with npm and the package tiktoken is needed to compare live; the kept counts are compared all the same. {e.Message}";
            return null;
        }
    }

    /// <summary>A line for each text: its tokens in o200k_base and in cl100k_base.</summary>
    public string Count(IEnumerable<IdentityText> texts) => Run("node", "count.mjs", string.Join('\n', texts) + "\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Run(string command, string arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Result
            : throw new InvalidOperationException($"{command} {arguments} ended with {process.ExitCode}: {errors.Result}");
    }
}
