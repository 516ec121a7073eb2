using System.IO.Enumeration;

namespace BudgetProxy.Cli.Estimates;

/// <summary>Finds files by a pattern such as <c>docs/**/*.txt</c>: <c>*</c> and <c>?</c> stand for characters of one name, <c>**</c> for folders at any depth. None of them
/// stands for a name that begins with a dot.</summary>
internal static class FilePattern
{
    private const string AnyDepth = "**";

    private static readonly EnumerationOptions Everything = new() { IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None };

    /// <summary>The paths, in no order; empty where there are none. A folder is no file.</summary>
    /// <exception cref="IOException">A folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public static IReadOnlyList<string> Find(string pattern)
    {
        // A name that has these characters in it is itself before it is a pattern.
        if (File.Exists(pattern))
            return [pattern];
        var root = Path.IsPathRooted(pattern) ? Path.GetPathRoot(pattern)! : "";
        var parts = pattern[root.Length..].Split(['/', Path.DirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (parts.Length > 0)
            Walk(root, parts, found);
        return [.. found];
    }

    private static void Walk(string folder, ReadOnlySpan<string> parts, HashSet<string> found)
    {
        var here = folder.Length == 0 ? "." : folder;
        if (parts[0] == AnyDepth)
        {
            var rest = parts.Length == 1 ? ["*"] : parts[1..];
            Walk(folder, rest, found);
            foreach (var inner in Folders(here))
            {
                // A link could lead round in a circle.
                if (Matches("*", inner) && new DirectoryInfo(inner).LinkTarget is null)
                    Walk(Path.Combine(folder, Path.GetFileName(inner)), parts, found);
            }

            return;
        }

        if (parts.Length == 1)
        {
            if (!Directory.Exists(here))
                return;
            foreach (var file in Directory.EnumerateFiles(here, "*", Everything))
            {
                if (Matches(parts[0], file))
                    found.Add(Path.Combine(folder, Path.GetFileName(file)));
            }

            return;
        }

        if (parts[0] is "." or "..")
        {
            Walk(Path.Combine(folder, parts[0]), parts[1..], found);
            return;
        }

        foreach (var inner in Folders(here))
        {
            if (Matches(parts[0], inner))
                Walk(Path.Combine(folder, Path.GetFileName(inner)), parts[1..], found);
        }
    }

    private static IEnumerable<string> Folders(string folder) => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "*", Everything) : [];

    private static bool Matches(string part, string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        return (name[0] != '.' || part[0] == '.') && FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false);
    }
}
