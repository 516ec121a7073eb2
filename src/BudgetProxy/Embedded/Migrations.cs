using BudgetProxy.Storage;

namespace BudgetProxy.Embedded;

/// <summary>Applies the numbered SQL files that the program carries, each once, in order, each in a transaction of its own.</summary>
internal static class Migrations
{
    private static readonly MigrationFiles Files = new("sqlite");

    /// <exception cref="InvalidOperationException">The file holds a migration that this version does not know.</exception>
    public static void Apply(SqliteSession session)
    {
        session.Execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name       TEXT PRIMARY KEY,
                applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')))
            """);
        foreach (var name in Files.Missing(Applied(session), "The data directory"))
            Apply(session, name);
    }

    private static void Apply(SqliteSession session, string name)
    {
        session.Execute("BEGIN IMMEDIATE");
        try
        {
            session.Execute(Files.Sql(name));
            session.Prepare("INSERT INTO schema_migrations (name) VALUES (?)").Bind(name).Run();
            session.Execute("COMMIT");
        }
        catch
        {
            session.Execute("ROLLBACK");
            throw;
        }
    }

    private static HashSet<string> Applied(SqliteSession session)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var rows = session.Prepare("SELECT name FROM schema_migrations");
        while (rows.Read())
            names.Add(rows.Text(0)!);
        return names;
    }
}
