using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// The keys of ASP.NET Data Protection in the shared database, so that any proxy can read a session that another began. Read once a day and written
/// every few months. The framework's interface does not await, so these two block.
/// </summary>
public sealed class PostgresKeyRing(PostgresDatabase database) : IXmlRepository
{
    /// <exception cref="Reservations.StoreUnavailableException">The database can't be read.</exception>
    public IReadOnlyCollection<XElement> GetAllElements() => database.ReadAsync(
        connection => new LedgerQuery().ReadAsync(
            connection, "SELECT element FROM key_ring ORDER BY name", row => XElement.Parse(row.GetString(0)), CancellationToken.None),
        CancellationToken.None).GetAwaiter().GetResult();

    /// <exception cref="Reservations.StoreUnavailableException">The database can't be written.</exception>
    public void StoreElement(XElement element, string friendlyName) => database.WriteAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(
                "INSERT INTO key_ring (name, element) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET element = excluded.element", connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = friendlyName });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = element.ToString(SaveOptions.DisableFormatting) });
            return await command.ExecuteNonQueryAsync();
        },
        CancellationToken.None).GetAwaiter().GetResult();
}
