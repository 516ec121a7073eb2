using System.Net;
using System.Text.Json;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Admin;
using BudgetProxy.Tests.Distributed.Postgres;

namespace BudgetProxy.Tests.Statements;

/// <summary>Statements over ledgers made up at random: every figure is what the entries add up to by hand, to the nano-dollar.</summary>
public sealed class StatementTests
{
    private static readonly DateTimeOffset End = new(2025, 5, 20, 12, 0, 0, 345, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_figure_is_what_the_entries_add_up_to(int seed)
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", """{"name":"Acme Ltd"}""");
        var entries = await BookAsync(host, seed);
        // Some of them are in the sums, some are not yet.
        await host.Ledger.RollUpAsync(200, CancellationToken.None);
        foreach (var tenant in new[] { "acme", "zeta" })
        {
            var months = entries.Where(entry => entry.Tenant == tenant).GroupBy(entry => entry.SettledAt.ToString("yyyy-MM")).OrderByDescending(month => month.Key).ToList();
            var listed = (await host.GetAsync($"/tenants/{tenant}/statements")).Is(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().ToList();
            Assert.Equal(
                months.Select(month => (month.Key, month.Count(entry => entry.Adjusts is null), Usd(month.Sum(entry => entry.Charged.Value)), Usd(month.Sum(entry => entry.Cost.Value)))),
                listed.Select(one => (one.GetProperty("month").GetString()!, one.GetProperty("calls").GetInt32(), one.GetProperty("chargedUsd").GetString()!, one.GetProperty("costUsd").GetString()!)));
            foreach (var month in months)
            {
                Check([.. month], (await host.GetAsync($"/tenants/{tenant}/statements/{month.Key}?for=us")).Is(HttpStatusCode.OK).Json);
                CheckCsv([.. month], (await host.GetAsync($"/tenants/{tenant}/statements/{month.Key}?for=us&format=csv")).Is(HttpStatusCode.OK).Body);
                CheckEntries([.. month], (await host.GetAsync($"/tenants/{tenant}/statements/{month.Key}?detail=entries")).Is(HttpStatusCode.OK).Body);
            }
        }
    }

    [Fact]
    public async Task A_customer_sees_what_is_charged_and_nothing_of_what_it_costs_us()
    {
        await using var host = await AdminHost.StartAsync();
        var entries = await BookAsync(host, 7);
        foreach (var query in new[] { "", "?format=csv", "?detail=entries", "?detail=entries&format=csv" })
        {
            var text = (await host.GetAsync("/tenants/acme/statements/2025-04" + query)).Is(HttpStatusCode.OK).Body;
            Assert.DoesNotContain("cost", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("markup", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("reserved", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("zeta", text, StringComparison.Ordinal);
            foreach (var entry in entries.Where(entry => entry.Tenant != "acme" || entry.Cost != entry.Charged))
            {
                Assert.DoesNotContain(entry.Cost.ToString(), text, StringComparison.Ordinal);
                Assert.False(entry.Tenant != "acme" && text.Contains(entry.Id.ToString(), StringComparison.Ordinal));
            }
        }

        var ours = (await host.GetAsync("/tenants/acme/statements/2025-04?detail=entries&for=us&format=csv")).Is(HttpStatusCode.OK).Body;
        Assert.Contains("costUsd", ours, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_tenant_has_its_statements_still_and_a_stranger_has_none()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", """{"name":"Acme Ltd"}""");
        await BookAsync(host, 11);
        (await host.DeleteAsync("/tenants/acme")).Is(HttpStatusCode.NoContent);
        var statement = (await host.GetAsync("/tenants/acme/statements/2025-04")).Is(HttpStatusCode.OK).Json;
        Assert.True(statement.GetProperty("total").GetProperty("calls").GetInt64() > 0);
        Assert.Equal(JsonValueKind.Null, statement.GetProperty("name").ValueKind);
        // A month without usage is one too: nothing was used.
        Assert.Equal(0, (await host.GetAsync("/tenants/acme/statements/2020-01")).Is(HttpStatusCode.OK).Json.GetProperty("total").GetProperty("calls").GetInt64());
        Assert.True((await host.GetAsync("/tenants/acme/statements")).Is(HttpStatusCode.OK).Json.GetProperty("items").GetArrayLength() > 1);
        foreach (var path in new[] { "", "/2025-04", "/2025-04?format=csv", "/2025-04?format=html", "/2025-04?detail=entries" })
            (await host.GetAsync("/tenants/nobody/statements" + path)).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_month_that_is_none_or_has_not_begun_is_refused_with_what_is_right()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        var running = TimeProvider.System.GetUtcNow().ToString("yyyy-MM");
        foreach (var month in new[] { "2025", "2025-13", "2025-1", "25-01", "2025-04-01", "now", "0001-01", "9999-12", "2025-04%20", "..%2F.." })
            Assert.Contains($"such as {running}", (await host.GetAsync($"/tenants/acme/statements/{month}")).ErrorOf("month"), StringComparison.Ordinal);
        var next = TimeProvider.System.GetUtcNow().AddDays(32).ToString("yyyy-MM");
        Assert.Contains($"The latest is {running}", (await host.GetAsync($"/tenants/acme/statements/{next}")).ErrorOf("month"), StringComparison.Ordinal);
        Assert.True((await host.GetAsync($"/tenants/acme/statements/{running}")).Is(HttpStatusCode.OK).Json.GetProperty("soFar").GetBoolean());
        Assert.False((await host.GetAsync("/tenants/acme/statements/2025-04")).Is(HttpStatusCode.OK).Json.GetProperty("soFar").GetBoolean());

        Assert.Contains("json, csv, html", (await host.GetAsync("/tenants/acme/statements/2025-04?format=pdf")).ErrorOf("format"), StringComparison.Ordinal);
        Assert.Contains("jsonl, csv", (await host.GetAsync("/tenants/acme/statements/2025-04?detail=entries&format=html")).ErrorOf("format"), StringComparison.Ordinal);
        Assert.Contains("customer, us", (await host.GetAsync("/tenants/acme/statements/2025-04?for=them")).ErrorOf("for"), StringComparison.Ordinal);
        (await host.GetAsync("/tenants/acme/statements/2025-04?tenant=zeta")).Is(HttpStatusCode.BadRequest);
        Assert.Contains("2026-11", (await host.GetAsync("/tenants/acme/statements?after=x")).ErrorOf("after"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_months_pages()
    {
        await using var host = await AdminHost.StartAsync();
        await BookAsync(host, 13);
        var all = (await host.GetAsync("/tenants/acme/statements")).Json.GetProperty("items").EnumerateArray().Select(one => one.GetProperty("month").GetString()).ToList();
        var paged = new List<string?>();
        for (var next = ""; next is not null;)
        {
            var page = (await host.GetAsync($"/tenants/acme/statements?limit=1{(next.Length == 0 ? "" : "&after=" + next)}")).Is(HttpStatusCode.OK).Json;
            paged.Add(Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("month").GetString());
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(all, paged);
    }

    /// <summary>A page of entries may end within a millisecond, and settling order is not the order of booking.</summary>
    [Fact]
    public async Task Entries_stream_once_each_and_in_settling_order()
    {
        await using var host = await AdminHost.StartAsync();
        var entries = Enumerable.Range(0, 1_300).Select(i => SomeEntries.One(Guid.CreateVersion7(End), new DateTimeOffset(2025, 5, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(i * 7 % 1_300 / 600))).ToList();
        await host.Ledger.AppendAsync(entries, [], CancellationToken.None);
        foreach (var path in new[] { "/tenants/acme/statements/2025-05?detail=entries&for=us", "/ledger" })
        {
            var rows = (await host.GetAsync(path)).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
            Assert.Equal(
                entries.OrderBy(entry => entry.SettledAt).Select(entry => entry.Id), rows.Select(row => row.GetProperty("id").GetGuid()));
        }
    }

    private static async Task<List<LedgerEntry>> BookAsync(AdminHost host, int seed)
    {
        var entries = new SomeEntries(seed).Make(400, End, TimeSpan.FromDays(100), "acme", "zeta").Select(row => row.Entry with
        {
            Cost = new NanoUsd(row.Entry.Cost.Value / 1_000),
            Charged = new NanoUsd((row.Entry.Charged.Value / 1_000) - (row.Entry.Adjusts is null ? 0 : 9_000_000_000)),
        }).ToList();
        await host.Ledger.AppendAsync(entries, [], CancellationToken.None);
        return entries;
    }

    private static void Check(List<LedgerEntry> entries, JsonElement statement)
    {
        CheckSums(entries, statement.GetProperty("total"));
        CheckSums([.. entries.Where(entry => entry.Adjusts is not null)], statement.GetProperty("corrections"));
        CheckLines(entries.GroupBy(entry => ((string?)entry.Provider, (string?)entry.Model)), statement.GetProperty("models"));
        CheckLines(entries.GroupBy(entry => ((string?)null, entry.User)), statement.GetProperty("users"));
        CheckLines(entries.GroupBy(entry => ((string?)null, entry.Project)), statement.GetProperty("projects"));
    }

    private static void CheckLines(IEnumerable<IGrouping<(string? Provider, string? Name), LedgerEntry>> groups, JsonElement lines)
    {
        var expected = groups.ToDictionary(group => group.Key, group => group.ToList());
        Assert.Equal(expected.Count, lines.GetArrayLength());
        foreach (var line in lines.EnumerateArray())
        {
            var provider = line.TryGetProperty("provider", out var given) ? given.GetString() : null;
            CheckSums(expected[(provider, line.GetProperty("name").GetString())], line.GetProperty("sums"));
        }

        var charged = lines.EnumerateArray().Select(line => decimal.Parse(line.GetProperty("sums").GetProperty("chargedUsd").GetString()!)).ToList();
        Assert.Equal(charged.OrderDescending(), charged);
    }

    private static void CheckSums(List<LedgerEntry> entries, JsonElement sums)
    {
        Assert.Equal(entries.Count(entry => entry.Adjusts is null), sums.GetProperty("calls").GetInt32());
        Assert.Equal(entries.Count(entry => entry.Adjusts is not null), sums.GetProperty("corrections").GetInt32());
        Assert.Equal(Usd(entries.Sum(entry => entry.Charged.Value)), sums.GetProperty("chargedUsd").GetString());
        Assert.Equal(Usd(entries.Sum(entry => entry.Cost.Value)), sums.GetProperty("costUsd").GetString());
        Assert.Equal(Usd(entries.Sum(entry => entry.Charged.Value - entry.Cost.Value)), sums.GetProperty("markupUsd").GetString());
        Assert.Equal(entries.Sum(entry => entry.Usage.Input), sums.GetProperty("tokens").GetProperty("input").GetInt64());
        Assert.Equal(entries.Sum(entry => entry.Usage.Output), sums.GetProperty("tokens").GetProperty("output").GetInt64());
        Assert.Equal(entries.Sum(entry => entry.Usage.CodeSessions), sums.GetProperty("tokens").GetProperty("codeSessions").GetInt64());
    }

    private static void CheckCsv(List<LedgerEntry> entries, string csv)
    {
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).ToList();
        var section = Array.IndexOf(lines[0], "section");
        foreach (var name in new[] { "total", "model", "user", "project" })
        {
            var rows = lines.Where(line => line[section] == name).ToList();
            Assert.Equal(entries.Sum(entry => entry.Charged.Value), rows.Sum(row => Nanos(row[Array.IndexOf(lines[0], "chargedUsd")])));
            Assert.Equal(entries.Sum(entry => entry.Cost.Value), rows.Sum(row => Nanos(row[Array.IndexOf(lines[0], "costUsd")])));
            Assert.Equal(entries.Count(entry => entry.Adjusts is null), rows.Sum(row => int.Parse(row[Array.IndexOf(lines[0], "calls")])));
            Assert.All(rows, row => Assert.Equal(lines[0].Length, row.Length));
        }
    }

    private static void CheckEntries(List<LedgerEntry> entries, string lines)
    {
        var rows = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(entries.Select(entry => entry.Id).Order(), rows.Select(row => row.GetProperty("id").GetGuid()).Order());
        Assert.Equal(entries.Sum(entry => entry.Charged.Value), rows.Sum(row => Nanos(row.GetProperty("chargedUsd").GetString()!)));
    }

    private static string Usd(long nanos) => new NanoUsd(nanos).ToString();

    private static long Nanos(string usd) => NanoUsd.TryParse(usd, out var amount) ? amount.Value : throw new FormatException(usd);
}
