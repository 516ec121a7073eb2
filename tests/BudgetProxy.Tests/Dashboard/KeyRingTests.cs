using System.Xml.Linq;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Embedded;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetProxy.Tests.Dashboard;

/// <summary>Both stores keep the key ring, and who opens the store later reads what was encrypted before.</summary>
public sealed class KeyRingTests
{
    [Fact]
    public void Sqlite_keeps_the_ring()
    {
        using var folder = new TempFolder();
        string cookie;
        using (var first = new EmbeddedDatabase(folder.Path))
            cookie = Check(new SqliteKeyRing(first));
        using var second = new EmbeddedDatabase(folder.Path);
        Assert.Equal("session", Protector(new SqliteKeyRing(second)).Unprotect(cookie));
    }

    [Fact]
    public async Task Postgres_keeps_the_ring_for_every_proxy()
    {
        var address = await SharedPostgres.CreateDatabaseAsync();
        await using var one = new PostgresDatabase(address);
        await PostgresMigrations.ApplyAsync(one.Source, CancellationToken.None);
        await using var other = new PostgresDatabase(address);
        var cookie = Check(new PostgresKeyRing(one));
        Assert.Equal("session", Protector(new PostgresKeyRing(other)).Unprotect(cookie));
    }

    /// <returns>Something encrypted with a key of the ring.</returns>
    private static string Check(IXmlRepository ring)
    {
        Assert.Empty(ring.GetAllElements());
        ring.StoreElement(XElement.Parse("<key id=\"a\"/>"), "a");
        ring.StoreElement(XElement.Parse("<key id=\"a\"><value>é 'quoted'</value></key>"), "a");
        var element = Assert.Single(ring.GetAllElements());
        Assert.Equal("<key id=\"a\"><value>é 'quoted'</value></key>", element.ToString(SaveOptions.DisableFormatting));
        return Protector(ring).Protect("session");
    }

    private static IDataProtector Protector(IXmlRepository ring)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("BudgetProxy");
        services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = ring);
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
    }
}
