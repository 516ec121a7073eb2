namespace BudgetProxy.DirectoryFile;

/// <summary>A file, and how it is to be taken.</summary>
/// <param name="File">UTF-8.</param>
/// <param name="Sources">Where its keys may come from.</param>
/// <param name="Prune">True: what the directory has and the file lacks is deleted.</param>
internal sealed record DirectoryRequest(ReadOnlyMemory<byte> File, KeySources Sources, bool Prune);
