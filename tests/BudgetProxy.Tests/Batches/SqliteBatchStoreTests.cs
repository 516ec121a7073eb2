using System.Text.Json;
using BudgetProxy.Batches;
using BudgetProxy.Embedded;
using BudgetProxy.Storage;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Batches;

public sealed class SqliteBatchStoreTests : BatchStoreContract
{
    [Fact]
    public async Task A_row_that_can_not_be_read_keeps_no_other_from_its_turn()
    {
        await using var factory = new Factory();
        var noon = new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
        var (broken, sound) = (BatchOf("acme"), BatchOf("acme"));
        await factory.Store.AddAsync(broken, [], noon, default);
        await factory.Store.AddAsync(sound, [], noon.AddSeconds(1), default);
        using (var connection = factory.Database.OpenConnection())
            connection.Run("UPDATE batches SET definition = '{' WHERE id = $id", ("$id", broken.Id.ToString()));
        var (owner, later) = (Guid.CreateVersion7(noon), noon.AddMinutes(1));
        await Assert.ThrowsAnyAsync<JsonException>(async () => await factory.Store.ClaimAsync(owner, later, later.AddMinutes(1), default));
        Assert.Equal(sound.Id, (await factory.Store.ClaimAsync(owner, later, later.AddMinutes(1), default))!.Id);
    }

    protected override Task<IBatchStoreFactory> CreateAsync() => Task.FromResult<IBatchStoreFactory>(new Factory());

    private sealed class Factory : IBatchStoreFactory
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedDatabase _database;

        public Factory()
        {
            _database = new EmbeddedDatabase(_folder.Path);
            Store = new SqliteBatchStore(_database);
            Directory = new SqliteDirectoryStore(_database);
        }

        public EmbeddedDatabase Database => _database;

        public IBatchStore Store { get; }

        public IDirectoryStore Directory { get; }

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
