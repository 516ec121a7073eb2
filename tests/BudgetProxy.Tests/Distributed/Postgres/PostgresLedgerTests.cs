using System.Text.Json;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;
using Npgsql;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class PostgresLedgerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_entry_is_booked_once_whatever_is_sent_again()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        var entries = new SomeEntries(1).Make(500, Now, TimeSpan.FromDays(40), "acme");
        Assert.Equal(0, await ledger.InsertAsync([], CancellationToken.None));
        Assert.Equal(300, await ledger.InsertAsync(entries[..300], CancellationToken.None));
        Assert.Equal(200, await ledger.InsertAsync([.. entries[100..], .. entries[100..]], CancellationToken.None));
        Assert.Equal(0, await ledger.InsertAsync(entries, CancellationToken.None));
        // What was booked first stands.
        var other = entries[7] with { Entry = entries[7].Entry with { Model = "another" } };
        Assert.Equal(0, await ledger.InsertAsync([other], CancellationToken.None));
        Assert.Equal(500, (await StreamAsync(ledger)).Count);
        Assert.DoesNotContain(await StreamAsync(ledger), entry => entry.Model == "another");
    }

    [Fact]
    public async Task Racing_writers_of_the_same_entries_book_each_once()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        var entries = new SomeEntries(2).Make(3_000, Now, TimeSpan.FromDays(1), "acme");
        var random = new Random(3);
        var booked = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
        {
            var shuffled = entries.ToArray();
            random.Shuffle(shuffled);
            return Task.Run(() => ledger.InsertAsync(shuffled, CancellationToken.None));
        }));
        Assert.Equal(3_000, booked.Sum());
    }

    [Fact]
    public async Task The_ledger_takes_no_edits_neither_through_its_partitions()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        await ledger.EnsurePartitionsAsync(Now, CancellationToken.None);
        await ledger.InsertAsync(
            [new(SomeEntries.One(Guid.CreateVersion7(Now), Now), default), new(SomeEntries.One(Guid.Empty, Now), default)], CancellationToken.None);
        foreach (var table in new[] { "ledger", "ledger_default", "ledger_2026_11" })
        {
            foreach (var change in new[] { "UPDATE {0} SET cost = 0", "DELETE FROM {0}", "TRUNCATE {0}", "TRUNCATE {0} CASCADE" })
            {
                var refused = await Assert.ThrowsAsync<PostgresException>(() => data.ScalarAsync(change.Replace("{0}", table, StringComparison.Ordinal)));
                Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
            }
        }

        Assert.Equal(2L, await data.ScalarAsync("SELECT count(*) FROM ledger"));
    }

    [Fact]
    public async Task Months_have_partitions_and_whatever_fits_none_has_one_too()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        Assert.Equal(["ledger_2026_11", "ledger_2026_12"], await ledger.EnsurePartitionsAsync(Now, CancellationToken.None));
        Assert.Empty(await ledger.EnsurePartitionsAsync(Now, CancellationToken.None));
        var first = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        var expected = new Dictionary<Guid, string>
        {
            [Guid.CreateVersion7(Now)] = "ledger_2026_11",
            [Guid.CreateVersion7(first.AddMilliseconds(-1))] = "ledger_2026_11",
            [Guid.CreateVersion7(first)] = "ledger_2026_12",
            [Guid.CreateVersion7(Now.AddYears(-1))] = "ledger_default",
            [Guid.CreateVersion7(Now.AddYears(1))] = "ledger_default",
            [Guid.Parse("f47ac10b-58cc-4372-a567-0e02b2c3d479")] = "ledger_default",
            [Guid.Empty] = "ledger_default",
            [Guid.AllBitsSet] = "ledger_default",
        };
        await ledger.InsertAsync([.. expected.Keys.Select(id => new PlacedEntry(SomeEntries.One(id, Now), default))], CancellationToken.None);
        foreach (var (id, partition) in expected)
            Assert.Equal(partition, await data.ScalarAsync($"SELECT tableoid::regclass::text FROM ledger WHERE id = '{id}'"));
        Assert.Equal(0, await ledger.InsertAsync([.. expected.Keys.Select(id => new PlacedEntry(SomeEntries.One(id, Now), default))], CancellationToken.None));
    }

    [Fact]
    public async Task A_month_whose_first_entries_are_there_already_gets_the_rest_of_a_partition()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        Guid early = Guid.CreateVersion7(Now.AddDays(-9)), last = Guid.CreateVersion7(Now), other = Guid.CreateVersion7(Now.AddDays(40));
        await ledger.InsertAsync([.. new[] { early, last, other }.Select(Entry)], CancellationToken.None);
        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => ledger.EnsurePartitionsAsync(Now, CancellationToken.None))));
        Assert.Equal(["ledger_2026_11", "ledger_2026_12"], made.SelectMany(names => names).Order());
        Guid between = Guid.CreateVersion7(Now.AddDays(-1)), later = Guid.CreateVersion7(Now.AddMilliseconds(1));
        Assert.Equal(2, await ledger.InsertAsync([.. new[] { early, last, between, later }.Select(Entry)], CancellationToken.None));
        Assert.Equal("ledger_default", await PartitionAsync(between));
        Assert.Equal("ledger_2026_11", await PartitionAsync(later));
        Assert.Equal(5, (await StreamAsync(ledger)).Count);

        // The last millisecond of a month is taken: there is no room, and nothing to complain of.
        await ledger.InsertAsync([Entry(Guid.CreateVersion7(new DateTimeOffset(2027, 1, 31, 23, 59, 59, 999, TimeSpan.Zero)))], CancellationToken.None);
        Assert.Equal(["ledger_2027_02"], await ledger.EnsurePartitionsAsync(Now.AddMonths(2), CancellationToken.None));

        async Task<object?> PartitionAsync(Guid id) => await data.ScalarAsync($"SELECT tableoid::regclass::text FROM ledger WHERE id = '{id}'");

        static PlacedEntry Entry(Guid id) => new(SomeEntries.One(id, Now), default);
    }

    [Fact]
    public async Task A_long_reader_puts_off_a_partition_and_fails_nothing()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        await using var reader = new NpgsqlConnection(data.ConnectionString);
        await reader.OpenAsync();
        await using (await reader.BeginTransactionAsync())
        {
            await using var read = new NpgsqlCommand("SELECT count(*) FROM ledger", reader);
            await read.ExecuteScalarAsync();
            Assert.Empty(await ledger.EnsurePartitionsAsync(Now, CancellationToken.None));
            Assert.Equal(1, await ledger.InsertAsync([new(SomeEntries.One(Guid.CreateVersion7(Now), Now), default)], CancellationToken.None));
        }

        Assert.Equal(2, (await ledger.EnsurePartitionsAsync(Now, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Entries_are_booked_while_partitions_are_made()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        var entries = new SomeEntries(4).Make(4_000, Now, TimeSpan.FromDays(100), "acme");
        var writing = Task.WhenAll(entries.Chunk(100).Select(chunk => Task.Run(async () =>
        {
            while (await Record.ExceptionAsync(() => ledger.InsertAsync(chunk, CancellationToken.None)) is { } e)
                Assert.IsType<StoreUnavailableException>(e);
        })));
        for (var months = -4; months <= 1; months++)
            await ledger.EnsurePartitionsAsync(Now.AddMonths(months), CancellationToken.None);
        await writing;
        Assert.Equal(4_000, (await StreamAsync(ledger)).Select(entry => entry.Id).Distinct().Count());
        Assert.Equal(4_000L, await data.ScalarAsync("SELECT count(DISTINCT id) FROM ledger"));
    }

    [Fact]
    public async Task An_entry_can_be_found_and_so_can_what_corrects_it()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        Guid presumed = Guid.CreateVersion7(Now), reported = Guid.CreateVersion7(Now), missing = Guid.CreateVersion7(Now);
        var first = SomeEntries.One(presumed, Now) with { Basis = UsageBasis.Presumed };
        await ledger.InsertAsync([new(first, default), new(SomeEntries.One(reported, Now), default)], CancellationToken.None);
        var found = await ledger.FindAsync([presumed, reported, missing], CancellationToken.None);
        Assert.Equal([(presumed, UsageBasis.Presumed), (reported, UsageBasis.Reported)], found.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Value == UsageBasis.Reported));
        Assert.Empty(await ledger.FindAsync([], CancellationToken.None));
        Assert.False(await ledger.IsAdjustedAsync(presumed, CancellationToken.None));
        // A correction of its price does not stand in the way of late usage.
        await ledger.InsertAsync([new(SomeEntries.One(missing, Now) with { Adjusts = presumed }, default)], CancellationToken.None);
        Assert.False(await ledger.IsAdjustedAsync(presumed, CancellationToken.None));
        await ledger.InsertAsync([new(SomeEntries.One(Entries.AdjustmentOf(presumed), Now) with { Adjusts = presumed }, default)], CancellationToken.None);
        Assert.True(await ledger.IsAdjustedAsync(presumed, CancellationToken.None));
        Assert.False(await ledger.IsAdjustedAsync(reported, CancellationToken.None));
    }

    [Fact]
    public async Task A_tenants_entries_are_read_between_two_places()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        var entries = new SomeEntries(5).Make(2_600, Now, TimeSpan.FromDays(3), "acme", "acme", "acme", "other");
        // Several entries may share a place: all of a bulk that was booked in one step.
        entries = [.. entries.Select((row, i) => row with { Place = new Place(i < 1_300 ? 1 : 2, i / 3) })];
        await ledger.InsertAsync(entries, CancellationToken.None);
        foreach (var (after, upTo) in new[] { (Place.First, Place.Last), (new Place(1, 20), new Place(2, 500)), (new Place(1, 99), new Place(1, 99)), (new Place(1, 500), new Place(2, 0)) })
        {
            var expected = entries.Where(row => row.Entry.Tenant == "acme" && row.Place > after && row.Place <= upTo).OrderBy(row => row.Place).ThenBy(row => row.Entry.Id);
            var read = new List<PlacedEntry>();
            await foreach (var row in ledger.EntriesAsync(["acme"], after, upTo, CancellationToken.None))
                read.Add(row);
            Assert.Equal(expected.Select(row => (row.Entry.Id, row.Place)), read.Select(row => (row.Entry.Id, row.Place)));
        }
    }

    [Fact]
    public async Task Text_that_the_database_cannot_hold_does_not_keep_others_out()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        var hostile = SomeEntries.One(Guid.CreateVersion7(Now), Now) with
        {
            Model = "ft:gpt-4o:\0:\ud800",
            User = "\udfff😀",
            Tags = [new("a\0", "\ud83d"), new("b", "x")],
        };
        Assert.Equal(2, await ledger.InsertAsync(
            [new(hostile, default), new(SomeEntries.One(Guid.CreateVersion7(Now), Now), default)], CancellationToken.None));
        var read = Assert.Single(await StreamAsync(ledger), entry => entry.Id == hostile.Id);
        Assert.Equal(("ft:gpt-4o:\ufffd:\ufffd", "\ufffd😀"), (read.Model, read.User));
        Assert.Equal([new("a\ufffd", "\ufffd"), new("b", "x")], read.Tags);
        Assert.Equal(1L, await data.ScalarAsync("SELECT count(*) FROM ledger WHERE tags ->> 'b' = 'x'"));
    }

    [Fact]
    public async Task Bookmarks_stay_where_they_were_moved()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        Assert.Null(await ledger.BookmarkAsync("stripe", CancellationToken.None));
        await ledger.MoveBookmarkAsync("stripe", "1", CancellationToken.None);
        await ledger.MoveBookmarkAsync("stripe", "2", CancellationToken.None);
        await ledger.MoveBookmarkAsync("other", "x", CancellationToken.None);
        Assert.Equal("2", await new PostgresLedger(data.Database).BookmarkAsync("stripe", CancellationToken.None));
    }

    [Fact]
    public async Task Every_rate_can_be_looked_up_as_the_card_has_it()
    {
        await using var data = await TestDatabase.CreateAsync();
        var ledger = new PostgresLedger(data.Database);
        await ledger.PublishRatesAsync(RateCard.Shipped, CancellationToken.None);
        await ledger.PublishRatesAsync(RateCard.Shipped, CancellationToken.None);
        Assert.Equal((long)RateCard.Shipped.Rates.Count, await data.ScalarAsync("SELECT count(*) FROM rates"));
        using var shipped = JsonDocument.Parse(typeof(RateCard).Assembly.GetManifestResourceStream("rate-card.json")!);
        using var stored = JsonDocument.Parse((string)(await data.ScalarAsync("SELECT json_object_agg(id, definition)::text FROM rates"))!);
        foreach (var (row, rate) in shipped.RootElement.GetProperty("rates").EnumerateArray().Zip(RateCard.Shipped.Rates))
            AssertHolds(row, stored.RootElement.GetProperty(rate.Id), rate.Id);
        Assert.Equal(
            RateCard.Shipped.Rates.Count(rate => rate.Provider == Core.Requests.Provider.Anthropic),
            (int)(long)(await data.ScalarAsync("SELECT count(*) FROM rates WHERE provider = 'anthropic' AND id = provider || '/' || model || to_char(effective_from AT TIME ZONE 'UTC', '@YYYY-MM-DD')"))!);
    }

    [Fact]
    public async Task A_database_that_is_away_is_an_unavailable_store_and_serves_again_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var data = await TestDatabase.CreateAsync(server);
        var ledger = new PostgresLedger(data.Database);
        var directory = new PostgresDirectoryStore(data.Database);
        var entry = new PlacedEntry(SomeEntries.One(Guid.CreateVersion7(Now), Now), default);
        await data.Database.PingAsync(CancellationToken.None);
        await server.StopAsync(immediate: true);
        foreach (var call in (Func<Task>[])
        [
            () => data.Database.PingAsync(CancellationToken.None),
            () => ledger.InsertAsync([entry], CancellationToken.None),
            () => ledger.FindAsync([entry.Entry.Id], CancellationToken.None),
            () => ledger.TotalsAsync(new LedgerFilter(), UsageGroups.None, CancellationToken.None).AsTask(),
            () => StreamAsync(ledger),
            () => ledger.BookmarkAsync("b", CancellationToken.None).AsTask(),
            () => ledger.MoveBookmarkAsync("b", "1", CancellationToken.None).AsTask(),
            () => ledger.EnsurePartitionsAsync(Now, CancellationToken.None),
            () => directory.LoadAsync(CancellationToken.None).AsTask(),
            () => directory.DeleteTenantAsync("acme", CancellationToken.None).AsTask(),
            () => PostgresMigrations.ApplyAsync(data.Database.Source, CancellationToken.None),
        ])
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(call);
            await Assert.ThrowsAsync<StoreUnavailableException>(call);
        }

        await server.StartAgainAsync();
        for (var attempt = 0; attempt < 20 && await Record.ExceptionAsync(() => data.Database.PingAsync(CancellationToken.None)) is not null; attempt++)
            await Task.Delay(50);
        Assert.Equal(1, await ledger.InsertAsync([entry], CancellationToken.None));
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ledger.InsertAsync([entry], gone.Token));
    }

    private static void AssertHolds(JsonElement expected, JsonElement actual, string where)
    {
        if (expected.ValueKind != JsonValueKind.Object)
        {
            Assert.True(JsonElement.DeepEquals(expected, actual) || SameInstant(), $"{where}: {expected} became {actual}");
            return;
        }

        foreach (var member in expected.EnumerateObject())
            AssertHolds(member.Value, actual.GetProperty(member.Name), $"{where}.{member.Name}");

        bool SameInstant() => expected.TryGetDateTimeOffset(out var a) && actual.TryGetDateTimeOffset(out var b) && a == b;
    }

    private static async Task<List<LedgerEntry>> StreamAsync(PostgresLedger ledger)
    {
        var entries = new List<LedgerEntry>();
        await foreach (var entry in ledger.StreamAsync(new LedgerFilter(), CancellationToken.None))
            entries.Add(entry);
        return entries;
    }
}
