using BudgetProxy.Tests.Conventions;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary>The example of the folder's README.</summary>
internal static class ReadmeExample
{
    public static readonly string Yaml = Read();

    private static string Read()
    {
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, "src", "BudgetProxy", "DirectoryFile", "README.md"));
        var start = text.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }
}
