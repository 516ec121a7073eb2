namespace BudgetProxy.DirectoryFile;

/// <summary>What a file would change, or has changed.</summary>
/// <param name="Changes">Empty = the directory is as the file says.</param>
/// <param name="Errors">Where there are any, nothing was changed.</param>
/// <param name="Warnings">None of them keeps the file from being applied.</param>
/// <param name="Applied">True: the directory is as the file says.</param>
public sealed record DirectoryOutcome(
    IReadOnlyList<PlannedChange> Changes, IReadOnlyList<FileError> Errors, IReadOnlyList<FileError> Warnings, bool Applied);
