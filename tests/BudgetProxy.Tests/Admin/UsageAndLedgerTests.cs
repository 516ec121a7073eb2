using System.Net;
using System.Text.Json;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;

namespace BudgetProxy.Tests.Admin;

public sealed class UsageAndLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_ledger_streams_every_field_as_json_lines()
    {
        await using var host = await AdminHost.StartAsync();
        var entry = Entry("acme", 1) with
        {
            User = "u\"1\n", Project = "p", Run = "r", Tags = [new("team", "blue"), new("env", "a b")], ServedModel = "gpt-4o-mini-2024-07-18",
            Adjusts = Guid.CreateVersion7(Start), Overrun = new NanoUsd(5), Streamed = true,
        };
        await host.Ledger.AppendAsync([entry], [], CancellationToken.None);

        var answer = (await host.GetAsync("/ledger")).Is(HttpStatusCode.OK);
        Assert.Equal("application/x-ndjson", answer.ContentType);
        var line = JsonDocument.Parse(Assert.Single(answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal(
            ["id", "requestId", "tenant", "user", "project", "key", "run", "tags", "provider", "api", "model", "servedModel", "rate", "basis", "tokens",
                "costUsd", "chargedUsd", "reservedUsd", "overrunUsd", "streamed", "status", "startedAt", "settledAt", "adjusts", "tier", "regional", "unknownBucket"],
            line.EnumerateObject().Select(field => field.Name));
        Assert.Equal(entry.Id, line.GetProperty("id").GetGuid());
        Assert.Equal("u\"1\n", line.GetProperty("user").GetString());
        Assert.Equal("""{"team":"blue","env":"a b"}""", line.GetProperty("tags").GetRawText());
        Assert.Equal("reported", line.GetProperty("basis").GetString());
        Assert.Equal(100, line.GetProperty("tokens").GetProperty("input").GetInt64());
        Assert.Equal(7, line.GetProperty("tokens").GetProperty("cachedInput").GetInt64());
        Assert.Equal("0.001000000", line.GetProperty("costUsd").GetString());
        Assert.Equal("0.000000005", line.GetProperty("overrunUsd").GetString());
        Assert.Equal("2026-03-01T12:00:02.000Z", line.GetProperty("settledAt").GetString());
        Assert.Equal(entry.Adjusts, line.GetProperty("adjusts").GetGuid());
        Assert.True(line.GetProperty("streamed").GetBoolean());
    }

    [Fact]
    public async Task The_ledger_as_csv_quotes_and_defuses_formulas()
    {
        await using var host = await AdminHost.StartAsync();
        await host.Ledger.AppendAsync(
            [
                Entry("acme", 1) with { User = "=HYPERLINK(\"http://x\")", Project = "a,\"b\"\r\nc", Run = "-1", Tags = [new("@k", "v"), new("b", "2")] },
                Entry("acme", 2) with { User = "＝1+1", Run = " @r", Cost = new NanoUsd(-5), Charged = new NanoUsd(-5) },
            ],
            [],
            CancellationToken.None);
        var answer = (await host.GetAsync("/ledger?format=csv&tenant=acme")).Is(HttpStatusCode.OK);
        Assert.Equal("text/csv; charset=utf-8", answer.ContentType);
        var rows = ParseCsv(answer.Body);
        Assert.Equal(3, rows.Count);
        Assert.All(rows, row => Assert.Equal(rows[0].Count, row.Count));
        string Cell(int row, string column) => rows[row][rows[0].IndexOf(column)];
        Assert.Equal("'=HYPERLINK(\"http://x\")", Cell(1, "user"));
        Assert.Equal("a,\"b\"\r\nc", Cell(1, "project"));
        Assert.Equal("'-1", Cell(1, "run"));
        Assert.Equal("'@k=v,b=2", Cell(1, "tags"));
        Assert.Equal("100", Cell(1, "tokens.input"));
        Assert.Equal("'＝1+1", Cell(2, "user"));
        Assert.Equal("' @r", Cell(2, "run"));
        Assert.Equal("-0.000000005", Cell(2, "costUsd"));
        Assert.Equal("", Cell(2, "adjusts"));
    }

    [Fact]
    public async Task Many_entries_stream_whole_and_in_order()
    {
        await using var host = await AdminHost.StartAsync();
        await host.Ledger.AppendAsync([.. Enumerable.Range(0, 2500).Select(i => Entry("acme", i))], [], CancellationToken.None);
        var lines = (await host.GetAsync("/ledger")).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var settled = lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("settledAt").GetString()).ToList();
        Assert.Equal(2500, settled.Count);
        Assert.Equal(settled.Order(StringComparer.Ordinal), settled);
    }

    [Fact]
    public async Task Filters_and_groups_sum_exactly()
    {
        await using var host = await AdminHost.StartAsync();
        await host.Ledger.AppendAsync(
            [
                Entry("acme", 0) with { User = "ann" },
                Entry("acme", 1) with { User = "bob" },
                Entry("acme", 86_400) with { User = "ann", Model = "gpt-4o" },
                Entry("zeta", 2) with { User = "ann" },
            ],
            [],
            CancellationToken.None);

        var all = (await host.GetAsync("/usage")).Is(HttpStatusCode.OK).Json;
        var total = Assert.Single(all.GetProperty("items").EnumerateArray());
        Assert.Equal(4, total.GetProperty("requests").GetInt64());
        Assert.Equal("0.004000000", total.GetProperty("costUsd").GetString());
        Assert.Equal(JsonValueKind.Null, all.GetProperty("next").ValueKind);

        var byUser = (await host.GetAsync("/usage?tenant=acme&groupBy=tenant,user,day")).Json.GetProperty("items").EnumerateArray()
            .Select(item => $"{item.GetProperty("tenant")} {item.GetProperty("user")} {item.GetProperty("day")} {item.GetProperty("costUsd")}");
        Assert.Equal(
            ["acme ann 2026-03-01 0.001000000", "acme ann 2026-03-02 0.001000000", "acme bob 2026-03-01 0.001000000"], byUser.Order(StringComparer.Ordinal));

        string Sum(string query) => host.GetAsync("/usage?" + query).Result.Json.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("costUsd").GetString()!).SingleOrDefault("none");
        Assert.Equal("0.001000000", Sum("model=gpt-4o"));
        Assert.Equal("0.003000000", Sum("user=ann"));
        Assert.Equal("0.003000000", Sum("to=2026-03-02"));
        Assert.Equal("0.001000000", Sum("from=2026-03-02T00:00:00Z"));

        var csv = ParseCsv((await host.GetAsync("/usage?groupBy=tenant&format=csv")).Is(HttpStatusCode.OK).Body);
        Assert.Equal(["tenant", "user", "project", "key", "model", "day", "requests"], csv[0][..7]);
        Assert.Equal(["acme", "", "", "", "", "", "3"], csv[1][..7]);
        Assert.Equal("zeta", csv[2][0]);
    }

    [Theory]
    [InlineData("/usage?groupBy=colour", "groupBy")]
    [InlineData("/usage?groupBy=3", "groupBy")]
    [InlineData("/usage?format=xml", "format")]
    [InlineData("/usage?tennant=acme", "tennant")]
    [InlineData("/usage?from=yesterday", "from")]
    [InlineData("/usage?from=2026-02-30", "from")]
    [InlineData("/usage?from=2026-03-02&to=2026-03-02", "to")]
    [InlineData("/ledger?tenant=a&tenant=b", "tenant")]
    [InlineData("/ledger?format=json", "format")]
    [InlineData("/ledger?from=2026-03-01T12:00:00", "from")]
    public async Task A_wrong_query_is_named(string path, string parameter)
    {
        await using var host = await AdminHost.StartAsync();
        Assert.NotEmpty((await host.GetAsync(path)).ErrorOf(parameter));
    }

    [Theory]
    [InlineData("' OR 1=1 --")]
    [InlineData("%")]
    [InlineData("*")]
    [InlineData("ac_e")]
    [InlineData("ACME")]
    [InlineData("acme\0")]
    public async Task A_filter_matches_literally_and_no_other_tenant(string tenant)
    {
        await using var host = await AdminHost.StartAsync();
        await host.Ledger.AppendAsync([Entry("acme", 0)], [], CancellationToken.None);
        Assert.Empty((await host.GetAsync("/ledger?tenant=" + Uri.EscapeDataString(tenant))).Is(HttpStatusCode.OK).Body);
        Assert.Empty((await host.GetAsync("/usage?groupBy=tenant&tenant=" + Uri.EscapeDataString(tenant))).Is(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_deleted_tenant_keeps_its_ledger()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        await host.Ledger.AppendAsync([Entry("acme", 0)], [], CancellationToken.None);
        await host.DeleteAsync("/tenants/acme");
        Assert.Contains("\"tenant\":\"acme\"", (await host.GetAsync("/ledger?tenant=acme")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_budget_starts_from_what_the_ledger_says_was_spent()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        await host.Ledger.AppendAsync([Entry("acme", 0), Entry("acme", 1) with { User = "ann" }, Entry("zeta", 1)], [], CancellationToken.None);
        var plain = (await host.PutAsync("/tenants/acme/budgets/all", """{"limit":{"usd":"5"},"window":"lifetime"}""")).Is(HttpStatusCode.OK).Json;
        Assert.Equal("0.002", plain.GetProperty("spent").GetString());
        Assert.Equal("4.998", plain.GetProperty("remaining").GetString());

        // A change of limit keeps the counters, a change of what counts makes them anew.
        var smaller = (await host.PutAsync("/tenants/acme/budgets/all", """{"limit":{"usd":"1"},"window":"lifetime"}""")).Json;
        Assert.Equal("0.002", smaller.GetProperty("spent").GetString());
        var narrower = (await host.PutAsync("/tenants/acme/budgets/all", """{"limit":{"usd":"1"},"window":"lifetime","match":{"user":"ann"}}""")).Json;
        Assert.Equal("0.001", narrower.GetProperty("spent").GetString());

        var perUser = (await host.PutAsync("/tenants/acme/budgets/each", """{"per":"user","limit":{"requests":5},"window":"lifetime"}""")).Json;
        Assert.False(perUser.TryGetProperty("spent", out _));
        var ann = Assert.Single(perUser.GetProperty("counters").EnumerateArray(), counter => counter.GetProperty("value").GetString() == "ann");
        Assert.Equal(1, ann.GetProperty("spent").GetInt64());
        Assert.Equal(4, ann.GetProperty("remaining").GetInt64());
        Assert.Equal(JsonValueKind.Null, ann.GetProperty("resetsAt").ValueKind);
    }

    private static LedgerEntry Entry(string tenant, int seconds)
    {
        var id = Guid.CreateVersion7(Start.AddSeconds(seconds));
        return new LedgerEntry
        {
            Id = id, RequestId = id, Tenant = tenant, Key = "key_1", Provider = "openai", Api = "chat/completions", Model = "gpt-4o-mini",
            Rate = "openai/gpt-4o-mini@2024-07-18", Basis = UsageBasis.Reported, Usage = new Usage { Input = 100, CachedInput = 7, Output = 20 },
            Cost = new NanoUsd(1_000_000), Charged = new NanoUsd(1_000_000), Reserved = new NanoUsd(2_000_000), Overrun = NanoUsd.Zero, Status = 200,
            StartedAt = Start.AddSeconds(seconds), SettledAt = Start.AddSeconds(seconds + 1),
        };
    }

    /// <summary>RFC 4180, as strictly as a spreadsheet reads it.</summary>
    private static List<List<string>> ParseCsv(string text)
    {
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        var rows = new List<List<string>> { new() };
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                cell.Append(text[i++]);
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && (c == ',' || c == '\r'))
            {
                rows[^1].Add(cell.ToString());
                cell.Clear();
            }
            else if (!quoted && c == '\n')
                rows.Add([]);
            else
                cell.Append(c);
        }

        rows.RemoveAt(rows.Count - 1);
        return rows;
    }
}
