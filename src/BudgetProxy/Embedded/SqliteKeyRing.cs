using System.Xml.Linq;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>The keys of ASP.NET Data Protection in the embedded database. Read once a day and written every few months.</summary>
public sealed class SqliteKeyRing(EmbeddedDatabase database) : IXmlRepository
{
    /// <exception cref="StoreUnavailableException">The database can't be read.</exception>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        try
        {
            using var connection = database.OpenConnection();
            return connection.Query("SELECT element FROM key_ring ORDER BY name", row => XElement.Parse(row.GetString(0)));
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("The key ring could not be read.", e);
        }
    }

    /// <exception cref="StoreUnavailableException">The database can't be written.</exception>
    public void StoreElement(XElement element, string friendlyName)
    {
        try
        {
            using var connection = database.OpenConnection();
            connection.Run(
                "INSERT INTO key_ring (name, element) VALUES ($name, $element) ON CONFLICT (name) DO UPDATE SET element = excluded.element",
                ("$name", friendlyName), ("$element", element.ToString(SaveOptions.DisableFormatting)));
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("The key ring could not be written.", e);
        }
    }
}
