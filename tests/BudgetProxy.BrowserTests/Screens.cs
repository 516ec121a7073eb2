using System.Runtime.CompilerServices;

namespace BudgetProxy.BrowserTests;

/// <summary>Where photographs of the pages are left: artifacts/screens at the root, which git ignores.</summary>
internal static class Screens
{
    public static readonly string Folder = Directory.CreateDirectory(Path.Combine(Root(), "artifacts", "screens")).FullName;

    private static string Root([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "BudgetProxy.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests must run where their source stands.");
    }
}
