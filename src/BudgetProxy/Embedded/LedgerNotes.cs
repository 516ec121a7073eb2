using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Storage;

namespace BudgetProxy.Embedded;

/// <summary>What is kept beside the ledger, on a session of its own: bookmarks of its readers, and the rates that its entries name.</summary>
internal sealed class LedgerNotes(EmbeddedDatabase database, TimeProvider time)
{
    public string? Bookmark(string name)
    {
        using var session = database.OpenSession();
        var rows = session.Prepare("SELECT value FROM bookmarks WHERE name = ?").Bind(name);
        return rows.Read() ? rows.Text(0) : null;
    }

    public bool MoveBookmark(string name, string value)
    {
        using var session = OpenDurable();
        session.Prepare(
            """
            INSERT INTO bookmarks (name, value, moved_at) VALUES (?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, moved_at = excluded.moved_at
            """).Bind(name).Bind(value).Bind(time.GetUtcNow().ToUnixTimeMilliseconds()).Run();
        return true;
    }

    public bool Publish(RateCard card)
    {
        using var session = OpenDurable();
        var insert = session.Prepare(
            "INSERT INTO rates (id, provider, model, effective_from, definition) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");
        session.Execute("BEGIN IMMEDIATE");
        foreach (var rate in card.Rates)
        {
            insert.Bind(rate.Id).Bind(rate.Provider.Name()).Bind(rate.Model).Bind(rate.EffectiveFrom.ToUnixTimeMilliseconds())
                .Bind(RateDefinition.Json(rate)).Run();
        }

        session.Execute("COMMIT");
        return true;
    }

    /// <summary>A session whose commits are on disk when they return.</summary>
    private SqliteSession OpenDurable()
    {
        var session = database.OpenSession();
        session.Execute("PRAGMA synchronous = FULL");
        return session;
    }
}
