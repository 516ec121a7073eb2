using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BudgetProxy.Tests.Cli;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Invoices;

public sealed class InvoicesApiTests
{
    private const string Header = "start_time_iso,amount_value,amount_currency,line_item\n";

    /// <summary>Booked as if calls had been made on these days.</summary>
    private const string Usage = """
        {"id":"a","provider":"openai","model":"gpt-4o-mini","costUsd":"1.50","at":"DAY1T10:00:00Z"}
        {"id":"b","provider":"openai","model":"gpt-4o-mini-2024-07-18","costUsd":"0.50","at":"DAY1T11:00:00Z"}
        {"id":"c","provider":"openai","model":"gpt-4o","costUsd":"4","at":"DAY1T11:00:00Z"}
        {"id":"d","provider":"anthropic","model":"claude-haiku-4-5","costUsd":"7","at":"DAY1T11:00:00Z"}
        """;

    private static readonly string Today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly string Yesterday = TimeProvider.System.GetUtcNow().AddDays(-1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task An_invoice_is_imported_once_shown_with_its_models_and_deleted()
    {
        await using var proxy = await TestProxy.StartAsync();
        var csv = Header + "2026-11-01T00:00:00,0.25,usd,\"gpt-4o-mini-2024-07-18, input\"\n2026-11-03T00:00:00,1,usd,web search tool calls\n";
        var (status, made) = await ImportAsync(proxy, "openai", csv);
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(("openai", "2026-11-01", "2026-11-03", 2L, "1.250000000", "configured"), (
            made.Text("provider"), made.Text("from"), made.Text("to"), made.GetProperty("rows").GetInt64(), made.Text("costUsd"), made.Text("importedBy")));
        var (again, same) = await ImportAsync(proxy, "openai", csv);
        Assert.Equal((HttpStatusCode.Created, made.ToString()), (again, same.ToString()));
        var path = "invoices/" + made.Text("id");
        var lines = JsonElement.Parse(await proxy.Admin.GetStringAsync(path)).GetProperty("lines").EnumerateArray().ToList();
        Assert.Equal([("gpt-4o-mini-2024-07-18", "gpt-4o-mini"), ("web search tool calls", null)], lines.Select(line => (line.Text("item"), line.Text("model"))));
        var list = JsonElement.Parse(await proxy.Admin.GetStringAsync("invoices?provider=openai")).GetProperty("items");
        Assert.Equal(made.ToString(), Assert.Single(list.EnumerateArray()).ToString());
        var audit = JsonElement.Parse(await proxy.Admin.GetStringAsync("audit?action=invoice.import")).GetProperty("items");
        Assert.Equal(path, Assert.Single(audit.EnumerateArray()).Text("target"));
        Assert.Equal(HttpStatusCode.NoContent, (await proxy.Admin.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await proxy.Admin.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await proxy.Admin.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await ImportAsync(proxy, "openai", csv)).Status);
    }

    [Fact]
    public async Task A_file_is_taken_whole_or_not_at_all()
    {
        await using var proxy = await TestProxy.StartAsync();
        var (status, problem) = await ImportAsync(proxy, "openai", Header + "2026-11-01T00:00:00,0.25,usd,gpt-4o\n2026-11-01T00:00:00,x,usd,gpt-4o\n");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("Line 3, column amount_value: 'x'", problem.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await ImportAsync(proxy, "azure", Header)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await ImportAsync(proxy, "nobody", Header)).Status);
        Assert.Equal("""{"items":[],"next":null}""", await proxy.Admin.GetStringAsync("invoices"));
        Assert.Equal(HttpStatusCode.NotFound, (await proxy.Admin.GetAsync("invoices/comparison?provider=openai")).StatusCode);
        foreach (var wrong in new[] { "", "?provider=azure", "?provider=openai&from=2026-11-01T05:00:00Z", "?provider=openai&from=2026-11-02&to=2026-11-02", "?provider=openai&from=2020-01-01&to=2026-11-02", "?provider=openai&day=1", "?provider=openai&from=0001-01-01", "?provider=openai&to=9999-12-31" })
            Assert.Equal((wrong, HttpStatusCode.BadRequest), (wrong, (await proxy.Admin.GetAsync("invoices/comparison" + wrong)).StatusCode));
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_while_it_is_read()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var body = new StreamContent(new Rows(65 << 20));
        using var answer = await proxy.Admin.PostAsync("invoices/openai", body);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Invoice_and_ledger_stand_side_by_side_by_day_and_model()
    {
        await using var cli = await CliProxy.StartAsync();
        var proxy = cli.Proxy;
        await BookAsync(proxy);
        // Half-settled at first; the newer export of the same days then holds.
        await ImportAsync(proxy, "openai", $"{Header}{Yesterday}T00:00:00,1,usd,gpt-4o-mini\n");
        var (_, newer) = await ImportAsync(
            proxy, "openai",
            $"{Header}{Yesterday}T00:00:00,9,usd,\"gpt-4o-mini-2024-07-18, input\"\n{Today}T00:00:00,1.6,usd,\"gpt-4o-mini-2024-07-18, input\"\n"
            + $"{Today}T00:00:00,0.4,usd,\"gpt-4o-mini-2024-07-18, output\"\n{Today}T00:00:00,0.3,usd,web search tool calls\n");

        var compared = JsonElement.Parse(await proxy.Admin.GetStringAsync("invoices/comparison?provider=openai"));
        Assert.Equal((Yesterday, Today), (compared.Text("from"), compared.Text("to")));
        Assert.Equal(
            [
                (Yesterday, "gpt-4o-mini", true, "9.000000000", "0.000000000", "-9.000000000", -100m),
                (Today, "gpt-4o", true, "0.000000000", "4.000000000", "4.000000000", null),
                (Today, "gpt-4o-mini", true, "2.000000000", "2.000000000", "0.000000000", 0m),
                (Today, "web search tool calls", false, "0.300000000", "0.000000000", "-0.300000000", -100m),
            ],
            compared.GetProperty("lines").EnumerateArray().Select(line => (
                line.Text("day"), line.Text("model"), line.GetProperty("matched").GetBoolean(), line.Text("invoiceUsd"), line.Text("ledgerUsd"), line.Text("differenceUsd"), Percent(line))));
        var totals = compared.GetProperty("totals");
        Assert.Equal(("11.300000000", "6.000000000", "-5.300000000", -46.9027m), (totals.Text("invoiceUsd"), totals.Text("ledgerUsd"), totals.Text("differenceUsd"), Percent(totals)));
        Assert.Equal("0.300000000", compared.Text("unmatchedUsd"));
        Assert.Empty(compared.GetProperty("missingDays").EnumerateArray());
        Assert.Equal((newer.Text("id"), 2), (compared.GetProperty("invoices")[0].Text("id"), compared.GetProperty("invoices")[0].GetProperty("days").GetInt32()));

        var csv = (await proxy.Admin.GetStringAsync($"invoices/comparison?provider=openai&from={Today}&format=csv")).Split("\r\n");
        Assert.Equal(
            ["day,model,matched,invoiceUsd,ledgerUsd,differenceUsd,differencePercent", $"{Today},gpt-4o,true,0.000000000,4.000000000,4.000000000,", $"{Today},gpt-4o-mini,true,2.000000000,2.000000000,0.000000000,0"],
            csv[..3]);
        var early = JsonElement.Parse(await proxy.Admin.GetStringAsync("invoices/comparison?provider=openai&from=2026-01-01&to=2026-01-03"));
        Assert.Equal(["2026-01-01", "2026-01-02"], early.GetProperty("missingDays").EnumerateArray().Select(day => day.GetString()));
        Assert.Empty(early.GetProperty("lines").EnumerateArray());

        foreach (var (open, days) in new[] { ("from=2015-01-01", 400), ("from=2099-01-01", 1), ("to=2015-02-02", 1), ("to=2100-01-01", 400) })
        {
            var bounded = JsonElement.Parse(await proxy.Admin.GetStringAsync("invoices/comparison?provider=openai&" + open));
            Assert.Equal((open, days), (open, bounded.GetProperty("missingDays").GetArrayLength()));
        }

        var shown = (await cli.RunAsync("invoices", "compare", "openai", "--days")).Ok().Output;
        Assert.Matches("web search tool calls +\\$0\\.30 .*not on the rate card", shown);
        Assert.Contains("$0.30 were billed for what is no model of the rate card.", shown.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains(newer.Text("id")!, (await cli.RunAsync("invoices", "list")).Ok().Output, StringComparison.Ordinal);
        (await cli.RunAsync("invoices", "compare", "anthropic")).Fails(3, "No invoice of anthropic was imported yet.");
        Assert.StartsWith("day,model", (await cli.RunAsync("invoices", "compare", "openai", "--csv")).Ok().Output, StringComparison.Ordinal);
        Assert.Contains(
            "$7.00 billed by anthropic", (await cli.RunWithInputAsync($"usage_date_utc,model,cost_usd\n{Today},Claude Haiku 4.5,7\n", "invoices", "import", "anthropic", "-")).Ok().Output, StringComparison.Ordinal);
        Assert.Contains(
            "imported before", (await cli.RunWithInputAsync($"usage_date_utc,model,cost_usd\n{Today},Claude Haiku 4.5,7\n", "invoices", "import", "anthropic", "-")).Ok().Output, StringComparison.Ordinal);
        var exact = JsonElement.Parse(await proxy.Admin.GetStringAsync("invoices/comparison?provider=anthropic")).GetProperty("totals");
        Assert.Equal(("0.000000000", 0m), (exact.Text("differenceUsd"), Percent(exact)));
    }

    private static decimal? Percent(JsonElement line) => line.GetProperty("differencePercent") is { ValueKind: JsonValueKind.Number } percent ? percent.GetDecimal() : null;

    private static async Task BookAsync(TestProxy proxy)
    {
        var key = await proxy.CreateTenantAsync("acme");
        using var client = proxy.Client(key);
        using var body = new StringContent(Usage.Replace("DAY1", Yesterday, StringComparison.Ordinal), Encoding.UTF8, new MediaTypeHeaderValue("application/x-ndjson"));
        using var booked = await client.PostAsync("/v1/usage", body);
        Assert.Equal(HttpStatusCode.OK, booked.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> ImportAsync(TestProxy proxy, string provider, string csv)
    {
        using var body = new StringContent(csv, Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        using var answer = await proxy.Admin.PostAsync("invoices/" + provider, body);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>Very many rows of one item.</summary>
    private sealed class Rows(int bytes) : Stream
    {
        private static readonly byte[] Head = Encoding.ASCII.GetBytes(Header), Row = Encoding.ASCII.GetBytes("2026-11-01T00:00:00,0.25,usd,gpt-4o\n");
        private bool _begun;
        private int _left = bytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_left <= 0)
                return 0;
            var piece = _begun ? Row : Head;
            _begun = true;
            var many = piece == Head ? 1 : Math.Max(1, count / piece.Length);
            for (var i = 0; i < many && piece.Length <= count; i++, count -= piece.Length, offset += piece.Length)
                piece.CopyTo(buffer, offset);
            _left -= many * piece.Length;
            return many * piece.Length;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
