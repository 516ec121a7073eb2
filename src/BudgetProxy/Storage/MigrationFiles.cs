using System.Reflection;

namespace BudgetProxy.Storage;

/// <summary>The numbered SQL files of one kind of database that the program carries.</summary>
/// <param name="database">The folder below <c>migrations</c>: <c>sqlite</c> or <c>postgres</c>.</param>
internal sealed class MigrationFiles(string database)
{
    private readonly string _folder = $"migrations/{database}/";

    /// <summary>The files' names in the order in which they are applied.</summary>
    public IReadOnlyList<string> Names()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var resource in Assembly.GetExecutingAssembly().GetManifestResourceNames())
        {
            if (resource.StartsWith(_folder, StringComparison.Ordinal))
                names.Add(resource[_folder.Length..]);
        }

        return [.. names];
    }

    /// <summary>The files that are not applied yet, in order.</summary>
    /// <param name="where">What holds the data, for the message.</param>
    /// <exception cref="InvalidOperationException">A migration was applied that this version does not know.</exception>
    public IReadOnlyList<string> Missing(IReadOnlyCollection<string> applied, string where)
    {
        var names = Names();
        foreach (var name in applied)
        {
            if (!names.Contains(name))
                throw new InvalidOperationException($"{where} was written by a newer BudgetProxy: it has {name}, which this version lacks.");
        }

        return [.. names.Where(name => !applied.Contains(name))];
    }

    public string Sql(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(_folder + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
