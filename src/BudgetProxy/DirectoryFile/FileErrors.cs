namespace BudgetProxy.DirectoryFile;

/// <summary>Everything that is wrong with one file, so that it can be put right in one go; and what is only warned about.</summary>
internal sealed class FileErrors
{
    /// <summary>More tell nobody more; the file is not read any further.</summary>
    public const int Most = 1_000;

    private readonly List<FileError> _errors = [];
    private readonly List<FileError> _warnings = [];

    public bool Any => _errors.Count > 0;

    public bool IsFull => _errors.Count >= Most;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<FileError> Errors => Ordered(_errors);

    /// <summary>In the order of the file; none keeps it from being applied.</summary>
    public IReadOnlyList<FileError> Warnings => Ordered(_warnings);

    /// <summary>The same, to be added to apart.</summary>
    public FileErrors Copy()
    {
        var copy = new FileErrors();
        copy._errors.AddRange(_errors);
        copy._warnings.AddRange(_warnings);
        return copy;
    }

    public void Add(FilePlace place, string path, string message)
    {
        if (_errors.Count < Most)
            _errors.Add(new FileError(place.Line, place.Column, path, message));
        if (_errors.Count == Most)
            _errors[^1] = new FileError(place.Line, place.Column, "", $"There are more than {Most - 1} errors; the rest is not shown.");
    }

    public void Warn(FilePlace place, string path, string message)
    {
        if (_warnings.Count < Most)
            _warnings.Add(new FileError(place.Line, place.Column, path, message));
    }

    private static List<FileError> Ordered(List<FileError> errors) =>
        [.. errors.OrderBy(error => error.Line).ThenBy(error => error.Column).ThenBy(error => error.Path, StringComparer.Ordinal)];
}
