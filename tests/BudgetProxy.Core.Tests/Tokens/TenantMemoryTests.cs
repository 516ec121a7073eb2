using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

public sealed class TenantMemoryTests
{
    [Fact]
    public void Keeps_what_was_put_and_replaces_it()
    {
        var share = new TenantMemory<long>(1024).Of("a");
        share.Put(7, 1);
        share.Put(7, 2);
        Assert.True(share.TryFind(7, out var value));
        Assert.Equal(2, value);
        Assert.False(share.TryFind(8, out _));
    }

    [Fact]
    public void Grows_to_its_bound_and_no_further()
    {
        var memory = new TenantMemory<long>(1024);
        Fill(memory.Of("a"), 0, 100_000);
        Assert.Equal(1024, memory.Room);
    }

    [Fact]
    public void Never_exceeds_its_bound_however_many_tenants_come()
    {
        var memory = new TenantMemory<long>(4096);
        for (var tenant = 0; tenant < 200; tenant++)
        {
            Fill(memory.Of($"t{tenant}"), 0, 5000);
            Assert.InRange(memory.Room, 0, 4096);
        }
    }

    [Fact]
    public void One_tenant_cannot_push_out_what_another_keeps()
    {
        var memory = new TenantMemory<long>(4096);
        var quiet = memory.Of("quiet");
        var loud = memory.Of("loud");
        Fill(quiet, 0, 100);
        var kept = Found(quiet, 0, 100);
        Assert.InRange(kept, 90, 100);
        Fill(loud, 0, 1_000_000);
        Assert.Equal(kept, Found(quiet, 0, 100));
        Assert.Same(quiet, memory.Of("quiet"));
    }

    [Fact]
    public void What_was_used_last_stays_when_the_share_is_full_or_shrinks()
    {
        var memory = new TenantMemory<long>(1024);
        var share = memory.Of("a");
        for (var i = 0; i < 100_000; i++)
        {
            Fill(share, i, i + 1);
            Assert.Equal(1, Found(share, 0, 1));
        }

        memory.Of("b");
        Assert.Equal(512, share.Room);
        Assert.Equal(1, Found(share, 0, 1));
        Assert.Equal(1, Found(share, 99_999, 100_000));
    }

    [Fact]
    public void The_tenant_that_was_away_longest_gives_way_to_a_new_one()
    {
        var memory = new TenantMemory<long>(128);
        var first = memory.Of("first");
        memory.Of("second");
        first.Put(1, 1);
        memory.Of("first");
        memory.Of("third");
        Assert.Same(first, memory.Of("first"));
        Assert.InRange(memory.Room, 0, 128);
    }

    [Fact]
    public void Equal_texts_of_two_tenants_have_different_hashes()
    {
        var memory = new TenantMemory<long>(1024);
        var (one, other) = (memory.Of("a"), memory.Of("b"));
        Assert.Equal(TextHash.Begin(one.Salt).Add("text"u8).End(), TextHash.Begin(one.Salt).Add("te"u8).Add("xt"u8).End());
        Assert.NotEqual(TextHash.Begin(one.Salt).Add("text"u8).End(), TextHash.Begin(other.Salt).Add("text"u8).End());
    }

    [Fact]
    public async Task Takes_any_number_of_callers_at_once()
    {
        var memory = new TenantMemory<long>(2048);
        await Parallel.ForAsync(0, 64, (caller, _) =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var share = memory.Of($"t{(caller + i) % 5}");
                share.Put(Key(i), i);
                if (share.TryFind(Key(i / 2), out var value))
                    Assert.Equal(i / 2, value);
            }

            return ValueTask.CompletedTask;
        });
        Assert.InRange(memory.Room, 0, 2048);
    }

    private static void Fill(TenantShare<long> share, int from, int to)
    {
        for (var i = from; i < to; i++)
            share.Put(Key(i), i);
    }

    private static int Found(TenantShare<long> share, int from, int to) => Enumerable.Range(from, to - from).Count(i => share.TryFind(Key(i), out var value) && value == i);

    // Spread as a hash spreads.
    private static UInt128 Key(int i) => new((ulong)i, Spread(i));

    private static ulong Spread(int i)
    {
        var x = ((ulong)i + 1) * 0xBF58476D1CE4E5B9;
        x ^= x >> 31;
        x *= 0x94D049BB133111EB;
        return x ^ (x >> 29);
    }
}
