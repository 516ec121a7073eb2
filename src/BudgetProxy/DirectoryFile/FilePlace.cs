namespace BudgetProxy.DirectoryFile;

/// <summary>A place in a file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct FilePlace(int Line, int Column);
