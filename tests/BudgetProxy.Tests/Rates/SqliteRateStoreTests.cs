using BudgetProxy.Embedded;
using BudgetProxy.Hosting;
using BudgetProxy.Rates;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Rates;

public sealed class SqliteRateStoreTests : RateStoreContract
{
    protected override Task<IRateStoreFactory> CreateAsync() => Task.FromResult<IRateStoreFactory>(new Factory());

    /// <summary>A price that this version can't read must not be left out of what it charges.</summary>
    [Theory]
    [InlineData("{\"provider\":\"openai\",\"model\":\"m\",\"effectiveFrom\":\"2026-01-01T00:00:00Z\",\"profile\":{},\"surcharge\":5}")]
    [InlineData("{\"provider\":\"nobody\",\"model\":\"m\",\"effectiveFrom\":\"2026-01-01T00:00:00Z\",\"profile\":{}}")]
    [InlineData("null")]
    public void With_a_row_of_a_newer_version_the_proxy_does_not_start(string definition)
    {
        using var folder = new TempFolder();
        using (var database = new EmbeddedDatabase(folder.Path))
        using (var connection = database.OpenConnection())
        {
            connection.Run(
                "INSERT INTO rates (id, provider, model, effective_from, definition, sequence, added_by, added_at) VALUES ('x', 'openai', 'm', 0, $definition, 1, 'adk', 0)",
                ("$definition", definition));
        }

        var wrong = Assert.Throws<ConfigurationException>(() => ProxyHost.Build(["--BudgetProxy:DataDirectory", folder.Path]));
        Assert.Contains("rate row", Assert.Single(wrong.Errors), StringComparison.Ordinal);
    }

    private sealed class Factory : IRateStoreFactory
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedDatabase _database;

        public Factory() => _database = new EmbeddedDatabase(_folder.Path);

        public IRateStore Open() => new SqliteRateStore(_database);

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
