using System.Runtime.CompilerServices;

namespace BudgetProxy.Tests.Conventions;

/// <summary>The repository as files: what the conventions are checked on.</summary>
internal static class SourceTree
{
    public static readonly string Root = FindRoot();

    /// <summary>Hand-written C# files of a folder below the root, with their lines.</summary>
    public static IEnumerable<(string Path, string[] Lines)> Files(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(Root, path).Replace('\\', '/');
            if (!relative.Contains("/obj/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal))
                yield return (relative, File.ReadAllLines(path));
        }
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "BudgetProxy.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests must run where their source stands.");
    }
}
