using BudgetProxy.Embedded;
using BudgetProxy.Learning;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Learning;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Tests.Embedded;

public sealed class SqliteLearningStoreTests : LearningStoreContract
{
    protected override Task<ILearningFactory> CreateAsync() => Task.FromResult<ILearningFactory>(new Factory());

    private sealed class Factory : ILearningFactory
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedDatabase _database;

        public Factory()
        {
            _database = new EmbeddedDatabase(_folder.Path);
            Store = new SqliteLearningStore(_database);
            Directory = new SqliteDirectoryStore(_database);
        }

        public ILearningStore Store { get; }

        public IDirectoryStore Directory { get; }

        public async Task DamageAsync()
        {
            await using var connection = new SqliteConnection($"Data Source={_database.FilePath}");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE learned SET part = x'0102'";
            await command.ExecuteNonQueryAsync();
        }

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
