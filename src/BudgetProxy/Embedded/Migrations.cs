using System.Reflection;

namespace BudgetProxy.Embedded;

/// <summary>Applies the numbered SQL files that the program carries, each once, in order, each in a transaction of its own.</summary>
internal static class Migrations
{
    private const string Folder = "migrations/sqlite/";

    /// <exception cref="InvalidOperationException">The file holds a migration that this version does not know.</exception>
    public static void Apply(SqliteSession session)
    {
        session.Execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name       TEXT PRIMARY KEY,
                applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')))
            """);
        var known = Known();
        var applied = Applied(session);
        foreach (var name in applied)
        {
            if (!known.Contains(name))
                throw new InvalidOperationException($"The data directory was written by a newer BudgetProxy: it has {name}, which this version lacks.");
        }

        foreach (var name in known)
        {
            if (!applied.Contains(name))
                Apply(session, name);
        }
    }

    private static void Apply(SqliteSession session, string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Folder + name)!;
        using var reader = new StreamReader(stream);
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            session.Execute(reader.ReadToEnd());
            session.Prepare("INSERT INTO schema_migrations (name) VALUES (?)").Bind(name).Run();
            session.Execute("COMMIT");
        }
        catch
        {
            session.Execute("ROLLBACK");
            throw;
        }
    }

    private static SortedSet<string> Known()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var resource in Assembly.GetExecutingAssembly().GetManifestResourceNames())
        {
            if (resource.StartsWith(Folder, StringComparison.Ordinal))
                names.Add(resource[Folder.Length..]);
        }

        return names;
    }

    private static SortedSet<string> Applied(SqliteSession session)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var rows = session.Prepare("SELECT name FROM schema_migrations");
        while (rows.Read())
            names.Add(rows.Text(0)!);
        return names;
    }
}
