using System.Security.Cryptography;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Tenants;

public sealed class DirectorySnapshotTests
{
    [Fact]
    public void A_lookup_allocates_nothing()
    {
        var secrets = Enumerable.Range(0, 200).Select(_ => KeySecret.NewVirtual()).ToList();
        var tenants = secrets.Select((_, i) => new Tenant { Id = $"t{i}" }).ToList();
        var keys = secrets.Select((secret, i) => new StoredKey(new VirtualKey { Id = $"key_{i}", Tenant = $"t{i}", Name = "k", Prefix = secret.Prefix }, secret.Hash)).ToList();
        var snapshot = DirectorySnapshot.Of(new DirectoryContent(tenants, keys, [], []));
        var hashes = secrets.Select(secret => secret.Hash.ToArray()).Append(SHA256.HashData("none"u8)).ToList();

        var found = 0;
        long allocated = -1;
        for (var round = 0; round < 3; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            found = 0;
            foreach (var hash in hashes)
            {
                if (snapshot.TryFind(hash, out var key, out var tenant) && key.Tenant == tenant.Id)
                    found++;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(200, found);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_change_leaves_the_snapshot_it_came_from_as_it_was()
    {
        var secret = KeySecret.NewVirtual();
        var before = DirectorySnapshot.Empty.With(new Tenant { Id = "a" });
        var after = before.With(new StoredKey(new VirtualKey { Id = "k", Tenant = "a", Name = "k", Prefix = "" }, secret.Hash)).With(new Tenant { Id = "a", Suspended = true });
        Assert.False(before.TryFind(secret.Hash, out _, out _));
        Assert.False(before.FindTenant("a")!.Suspended);
        Assert.True(after.TryFind(secret.Hash, out _, out var tenant));
        Assert.True(tenant.Suspended);
        Assert.False(after.WithoutTenant("a").TryFind(secret.Hash, out _, out _));
        Assert.True(after.TryFind(secret.Hash, out _, out _));
    }
}
