namespace BudgetProxy.DirectoryFile;

/// <summary>A value in a file, with its place.</summary>
internal sealed class FileNode(FileNodeKind kind, FilePlace place)
{
    public FileNodeKind Kind => kind;

    /// <summary>Where its name begins, or where it has none the value itself.</summary>
    public FilePlace Place => place;

    /// <summary>Of a scalar: as it is written, without its quotes.</summary>
    public string Text { get; init; } = "";

    /// <summary>Of a scalar: without quotes, so that it may be a number, true, false or null.</summary>
    public bool IsPlain { get; init; }

    /// <summary>Of a map: its fields in the file's order. No name comes twice.</summary>
    public List<(string Name, FileNode Value)> Fields { get; } = [];

    /// <summary>Of a list.</summary>
    public List<FileNode> Items { get; } = [];

    public bool IsNull => kind == FileNodeKind.Scalar && IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public FileNode? Field(string name)
    {
        foreach (var field in Fields)
        {
            if (field.Name == name)
                return field.Value;
        }

        return null;
    }

    /// <summary>The node that a field reader's path names, such as <c>limit.usd</c> or <c>allowedModels[2]</c>; null where there is none.</summary>
    public FileNode? Find(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
            return this;
        if (kind == FileNodeKind.List)
            return FindItem(path);
        // Names may hold dots themselves.
        foreach (var (name, value) in Fields)
        {
            if (!path.StartsWith(name))
                continue;
            var rest = path[name.Length..];
            if (rest.IsEmpty || (rest[0] is '[' && value.Find(rest) is not null))
                return value.Find(rest);
            if (rest[0] is '.' && value.Find(rest[1..]) is { } found)
                return found;
        }

        return null;
    }

    private FileNode? FindItem(ReadOnlySpan<char> path)
    {
        var end = path.IndexOf(']');
        if (path[0] != '[' || end < 0 || !int.TryParse(path[1..end], out var index) || index >= Items.Count)
            return null;
        var rest = path[(end + 1)..];
        return Items[index].Find(rest is ['.', ..] ? rest[1..] : rest);
    }
}
