using System.Diagnostics;

namespace BudgetProxy.Tests.Conventions;

public sealed class RepositoryTests
{
    private static readonly string[] Top =
    [
        "src", "tests", "migrations", "docker-compose.yml", "BudgetProxy.sln", ".editorconfig", "README.md", "LICENSE", ".gitignore", ".ci",
    ];

    [Fact]
    public void Only_the_named_things_stand_at_the_top()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["ls-files"]) { WorkingDirectory = SourceTree.Root, RedirectStandardOutput = true, UseShellExecute = false })!;
        var files = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        Assert.Empty(files.Select(file => file.Split('/')[0]).Distinct().Except(Top));
    }

    [Fact]
    public void The_readme_opens_with_its_two_commands()
    {
        var lines = File.ReadLines(Path.Combine(SourceTree.Root, "README.md")).Take(12).ToList();
        Assert.Contains("dotnet run --project src/BudgetProxy -c Release -- demo", lines);
        Assert.Contains("tests/run", lines);
    }
}
