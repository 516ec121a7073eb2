namespace BudgetProxy.DirectoryFile;

/// <summary>The parts of this folder as services.</summary>
public static class DirectoryFileParts
{
    /// <summary>After what reads the directory at start: the file is applied to what is stored.</summary>
    public static void AddDirectoryFile(this IServiceCollection services) => services.AddHostedService<DirectoryFileWatch>();
}
