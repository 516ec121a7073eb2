namespace BudgetProxy.DirectoryFile;

/// <summary>What a node of a file is.</summary>
internal enum FileNodeKind
{
    /// <summary>Text, a number, true, false or null.</summary>
    Scalar,

    Map,

    List,
}
