using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Tests.Admin;

namespace BudgetProxy.Tests.Rates;

/// <summary><c>/admin/v1/rates</c> over a real socket and a real SQLite file.</summary>
public sealed class RatesApiTests
{
    private const string Cheap = """{"usdPerMillion":{"standard":{"input":"1","output":2.5}}}""";

    [Fact]
    public async Task The_rows_in_force_are_listed_once_each_with_prices_in_usd()
    {
        await using var host = await AdminHost.StartAsync();
        var items = await ListAsync(host, "?limit=1000");
        Assert.Equal(items.Count, items.Select(item => $"{item.GetProperty("provider")}/{item.GetProperty("model")}").Distinct(StringComparer.Ordinal).Count());
        var mini = Assert.Single(items, item => item.GetProperty("id").GetString() == "openai/gpt-4o-mini@2024-07-18");
        var standard = mini.GetProperty("usdPerMillion").GetProperty("standard");
        Assert.Equal(("0.15", "0.60"), (standard.GetProperty("input").GetString(), standard.GetProperty("output").GetString()));
        Assert.Equal(("shipped", "official"), (mini.GetProperty("origin").GetString(), mini.GetProperty("confidence").GetString()));
        Assert.Equal(JsonValueKind.Null, mini.GetProperty("addedBy").ValueKind);
        Assert.NotEmpty(mini.GetProperty("sources").EnumerateArray());
    }

    [Fact]
    public async Task A_row_that_is_put_is_in_force_at_once_and_says_who_added_it_and_when()
    {
        await using var host = await AdminHost.StartAsync();
        var put = (await host.PutAsync("/rates/openai/gpt-4o-mini", Cheap)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("added", "configured"), (put.GetProperty("origin").GetString(), put.GetProperty("addedBy").GetString()));
        Assert.Matches("^openai/gpt-4o-mini@20..-..-..T..:..:..", put.GetProperty("id").GetString());
        var listed = Assert.Single(await ListAsync(host, "?provider=openai&model=gpt-4o-mini"));
        Assert.Equal(put.GetRawText(), listed.GetRawText());
        Assert.Equal(("1.00", "2.50"), (Price(listed, "input"), Price(listed, "output")));
        // What the body leaves out stays as in the row that it follows.
        Assert.Equal("gpt-4o-mini-2024-07-18", Assert.Single(listed.GetProperty("aliases").EnumerateArray()).GetString());
        Assert.Equal((16384, "o200kbase"), (listed.GetProperty("profile").GetProperty("maxOutput").GetInt32(), listed.GetProperty("profile").GetProperty("encoding").GetString()));
        Assert.Equal("0.01", listed.GetProperty("toolCallUsd").GetString());
        Assert.False(listed.GetProperty("usdPerMillion").TryGetProperty("batch", out _));
        Assert.Equal(2, (await ListAsync(host, "?provider=openai&model=gpt-4o-mini&history=true")).Count);
        Assert.Equal("openai/gpt-4o-mini@2024-07-18", Assert.Single(await ListAsync(host, "?provider=openai&model=gpt-4o-mini&at=2026-01-01")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_row_is_never_edited_only_followed()
    {
        await using var host = await AdminHost.StartAsync();
        static string Body(string input) => """{"effectiveFrom":"2026-12-01T00:00:00Z","usdPerMillion":{"standard":{"input":"?","output":"2"}}}""".Replace("?", input, StringComparison.Ordinal);
        var first = (await host.PutAsync("/rates/openai/gpt-4o", Body("1"))).Is(HttpStatusCode.OK);
        Assert.Equal("openai/gpt-4o@2026-12-01", first.Json.GetProperty("id").GetString());
        Assert.Equal(first.Body, (await host.PutAsync("/rates/openai/gpt-4o", Body("1.0"))).Is(HttpStatusCode.OK).Body);
        var refused = (await host.PutAsync("/rates/openai/gpt-4o", Body("1.1"))).Is(HttpStatusCode.Conflict);
        Assert.Contains("openai/gpt-4o@2026-12-01 is there already", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("later effectiveFrom", refused.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        // A shipped row is no more to be edited than one that was added.
        (await host.PutAsync("/rates/openai/gpt-4o-mini", Body("1").Replace("2026-12-01", "2024-07-18", StringComparison.Ordinal))).Is(HttpStatusCode.Conflict);
        Assert.Equal("1.00", Price(Assert.Single(await ListAsync(host, "?provider=openai&model=gpt-4o&at=2026-12-02")), "input"));
    }

    [Fact]
    public async Task The_same_without_a_time_is_a_repeat()
    {
        await using var host = await AdminHost.StartAsync();
        var first = (await host.PutAsync("/rates/openai/gpt-4o", Cheap)).Is(HttpStatusCode.OK);
        Assert.Equal(first.Body, (await host.PutAsync("/rates/openai/gpt-4o", Cheap)).Is(HttpStatusCode.OK).Body);
        (await host.PutAsync("/rates/openai/gpt-4o", Cheap.Replace("2.5", "2.6", StringComparison.Ordinal))).Is(HttpStatusCode.OK);
        Assert.Equal(3, (await ListAsync(host, "?provider=openai&model=gpt-4o&history=true")).Count);
    }

    [Fact]
    public async Task Every_row_that_is_listed_can_be_put_again_under_a_later_date_and_prices_the_same()
    {
        await using var host = await AdminHost.StartAsync();
        foreach (var item in await ListAsync(host, "?limit=1000"))
        {
            var body = JsonNode.Parse(item.GetRawText())!.AsObject();
            body["effectiveFrom"] = "2028-01-01T00:00:00Z";
            var put = (await host.PutAsync($"/rates/{item.GetProperty("provider")}/{Uri.EscapeDataString(item.GetProperty("model").GetString()!)}", body.ToJsonString()))
                .Is(HttpStatusCode.OK).Json;
            foreach (var field in item.EnumerateObject().Where(field => field.Name is not ("id" or "effectiveFrom" or "origin" or "addedBy" or "addedAt")))
                Assert.Equal(field.Value.GetRawText(), put.GetProperty(field.Name).GetRawText());
        }
    }

    [Theory]
    [InlineData("bedrock", "us.anthropic.claude-x:0", "us.anthropic.claude-x:0")]
    [InlineData("azure", "eu/gpt-9", "eu/gpt-9")]
    [InlineData("azure", "eu%2Fgpt-9", "eu/gpt-9")]
    [InlineData("vertex", "claude-x@20250514", "claude-x@20250514")]
    [InlineData("openai", "ft:gpt-4o:my-org::abc123", "ft:gpt-4o:my-org::abc123")]
    public async Task A_models_id_may_hold_slashes_and_colons(string provider, string path, string model)
    {
        await using var host = await AdminHost.StartAsync();
        var put = (await host.PutAsync($"/rates/{provider}/{path}", Cheap)).Is(HttpStatusCode.OK).Json;
        Assert.Equal(model, put.GetProperty("model").GetString());
        Assert.StartsWith($"{provider}/{model}@", put.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Single(await ListAsync(host, $"?provider={provider}&model={Uri.EscapeDataString(model)}"));
        // Nobody described it: twice what the nearest vocabulary counts, and no limits known.
        var profile = put.GetProperty("profile");
        Assert.Equal((200, 0, false), (profile.GetProperty("safetyPercent").GetInt32(), profile.GetProperty("maxOutput").GetInt32(), profile.GetProperty("exactEncoding").GetBoolean()));
    }

    [Fact]
    public async Task A_past_row_is_taken_and_says_what_it_does_not_change()
    {
        await using var host = await AdminHost.StartAsync();
        var put = (await host.PutAsync("/rates/openai/gpt-4o", """{"effectiveFrom":"2026-03-01T00:00:00Z","usdPerMillion":{"standard":{"input":"1","output":"2"}}}""")).Is(HttpStatusCode.OK);
        Assert.Contains("rerate", put.Json.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Equal("openai/gpt-4o@2026-03-01", Assert.Single(await ListAsync(host, "?provider=openai&model=gpt-4o")).GetProperty("id").GetString());
        var future = (await host.PutAsync("/rates/openai/gpt-4o", """{"effectiveFrom":"2099-03-01T00:00:00Z","usdPerMillion":{"standard":{"input":"1","output":"2"}}}""")).Is(HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, future.Json.GetProperty("note").ValueKind);
        Assert.Equal("openai/gpt-4o@2026-03-01", Assert.Single(await ListAsync(host, "?provider=openai&model=gpt-4o")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task All_tiers_long_context_fees_and_multiplier_are_kept()
    {
        await using var host = await AdminHost.StartAsync();
        var put = (await host.PutAsync(
            "/rates/openai/new-one",
            """
            {"usdPerMillion":{"standard":{"input":"2","cachedInput":0.2,"output":"10","audioInput":"40","audioOutput":"80","imageInput":"5","cacheWriteShort":"2.5","cacheWriteLong":"4"},
              "batch":{"input":"1","output":"5"},"flex":{"input":"1.1","output":"5.5"},"fast":{"input":4,"output":2e1}},
             "longContextThreshold":272000,"longContextUsdPerMillion":{"standard":{"input":"4","output":"15"}},
             "regionalMultiplier":"1.1","toolCallUsd":"0.025","requestUsd":"0.001","aliases":["new-one-2026"],"mode":"chat","notes":"by contract",
             "profile":{"encoding":"cl100kbase","exactEncoding":true,"safetyPercent":100,"maxInput":400000,"maxOutput":5000,"reasoning":true}}
            """)).Is(HttpStatusCode.OK).Json;
        var listed = Assert.Single(await ListAsync(host, "?model=new-one-2026"));
        Assert.Equal(put.GetRawText(), listed.GetRawText());
        Assert.Equal("20.00", listed.GetProperty("usdPerMillion").GetProperty("fast").GetProperty("output").GetString());
        Assert.Equal("0.20", Price(listed, "cachedInput"));
        Assert.Equal("4.00", listed.GetProperty("longContextUsdPerMillion").GetProperty("standard").GetProperty("input").GetString());
        Assert.Equal((272_000, 1.1m), (listed.GetProperty("longContextThreshold").GetInt32(), listed.GetProperty("regionalMultiplier").GetDecimal()));
        Assert.Equal(("0.025", "0.001", "by contract"), (listed.GetProperty("toolCallUsd").GetString(), listed.GetProperty("requestUsd").GetString(), listed.GetProperty("notes").GetString()));
        Assert.Equal("cl100kbase", listed.GetProperty("profile").GetProperty("encoding").GetString());
    }

    [Theory]
    [InlineData("{}", "usdPerMillion")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1"}}}""", "usdPerMillion.standard.output")]
    [InlineData("""{"usdPerMillion":{"batch":{"input":"1","output":"1"}}}""", "usdPerMillion.standard")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"-1","output":"1"}}}""", "usdPerMillion.standard.input")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1","output":"0.0000000001"}}}""", "usdPerMillion.standard.output")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":0.1000000000000000055,"output":1}}}""", "usdPerMillion.standard.input")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1","output":"1","cachd":"1"}}}""", "usdPerMillion.standard.cachd")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1","output":"1"},"turbo":{"input":"1","output":"1"}}}""", "usdPerMillion.turbo")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1","output":"1"}},"effectiveFrom":"tomorrow"}""", "effectiveFrom")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1","output":"1"}},"model":"other"}""", "model")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1","output":"1"}},"regionalMultiplier":0.9}""", "regionalMultiplier")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1","output":"1"}},"longContextThreshold":5}""", "longContextThreshold")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1","output":"1"}},"toolCallUsd":"2000"}""", "usdPerMillion")]
    [InlineData("""{"usdPerMillion":{"standard":{"input":"1","output":"1"}},"profile":{"encoding":"p50k"}}""", "profile.encoding")]
    [InlineData("""{"percentOfList":80}""", "percentOfList")]
    public async Task What_is_wrong_is_named_and_nothing_is_added(string body, string field)
    {
        await using var host = await AdminHost.StartAsync();
        Assert.NotEmpty((await host.PutAsync("/rates/openai/gpt-4o", body)).ErrorOf(field));
        Assert.Single(await ListAsync(host, "?provider=openai&model=gpt-4o&history=true"));
    }

    [Fact]
    public async Task Only_an_admin_adds_rates_and_every_role_reads_them()
    {
        await using var host = await AdminHost.StartAsync();
        foreach (var role in new[] { "finance", "viewer" })
        {
            var key = (await host.PostAsync("/admin-keys", $$"""{"name":"k","role":"{{role}}"}""")).Json.GetProperty("key").GetString();
            (await host.PutAsync("/rates/openai/gpt-4o", Cheap, key)).Is(HttpStatusCode.Forbidden);
            (await host.PutAsync("/tenants/acme/rates/openai/gpt-4o", Cheap, key)).Is(HttpStatusCode.Forbidden);
            (await host.GetAsync("/rates", key)).Is(HttpStatusCode.OK);
        }

        (await host.PutAsync("/rates/nobody/gpt-4o", Cheap)).ErrorOf("provider");
        (await host.GetAsync("/rates?provider=nobody")).ErrorOf("provider");
        (await host.GetAsync("/rates?history=true&at=2026-01-01")).ErrorOf("at");
    }

    [Fact]
    public async Task The_list_comes_in_pages()
    {
        await using var host = await AdminHost.StartAsync();
        var whole = (await ListAsync(host, "?history=true&limit=1000")).ConvertAll(item => item.GetProperty("id").GetString()!);
        var paged = new List<string>();
        string? after = null;
        do
        {
            var page = (await host.GetAsync("/rates?history=true&limit=17" + (after is null ? "" : "&after=" + Uri.EscapeDataString(after)))).Is(HttpStatusCode.OK).Json;
            paged.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);
        Assert.Equal(whole, paged);
        Assert.Equal(whole.Order(StringComparer.Ordinal), whole);
    }

    [Fact]
    public async Task Rows_outlive_a_restart()
    {
        using var folder = new Infrastructure.TempFolder();
        string before;
        await using (var host = await AdminHost.StartAsync(folder.Path))
        {
            (await host.PutAsync("/rates/openai/gpt-4o", Cheap)).Is(HttpStatusCode.OK);
            before = (await host.GetAsync("/rates?history=true&limit=1000")).Body;
        }

        await using var again = await AdminHost.StartAsync(folder.Path);
        Assert.Equal(before, (await again.GetAsync("/rates?history=true&limit=1000")).Body);
    }

    internal static async Task<List<JsonElement>> ListAsync(AdminHost host, string query) =>
        [.. (await host.GetAsync("/rates" + query)).Is(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()];

    internal static string? Price(JsonElement row, string field) => row.GetProperty("usdPerMillion").GetProperty("standard").GetProperty(field).GetString();
}
