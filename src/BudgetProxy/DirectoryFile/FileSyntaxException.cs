namespace BudgetProxy.DirectoryFile;

/// <summary>The file can't be read any further.</summary>
internal sealed class FileSyntaxException(FilePlace place, string path, string message) : Exception(message)
{
    public FilePlace Place => place;

    public string Path => path;
}
