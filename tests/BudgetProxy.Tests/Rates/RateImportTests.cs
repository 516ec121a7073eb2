using System.Net;
using System.Text;
using System.Text.Json;
using BudgetProxy.Rates.Import;
using BudgetProxy.Tests.Admin;
using BudgetProxy.Tests.Conventions;

namespace BudgetProxy.Tests.Rates;

/// <summary><c>POST /admin/v1/rates/import</c> over a real socket. The file is fifty models in the shape of LiteLLM's, made up for the purpose.</summary>
public sealed class RateImportTests
{
    private static readonly string File = System.IO.File.ReadAllText(Path.Combine(SourceTree.Root, "tests/BudgetProxy.Tests/Rates/litellm-fixture.json"));

    [Fact]
    public async Task A_preview_says_what_becomes_of_every_model_and_changes_nothing()
    {
        await using var host = await AdminHost.StartAsync();
        var before = (await host.GetAsync("/rates?history=true&limit=1000")).Body;
        var preview = await PreviewAsync(host, File);
        var totals = preview.GetProperty("totals");
        Assert.Equal(
            (50, 14, 9, 13, 14, 0, 3),
            (Number(totals, "models"), Number(totals, "new"), Number(totals, "changed"), Number(totals, "unchanged"), Number(totals, "skipped"), Number(totals, "invalid"), Number(totals, "warnings")));
        Assert.Equal(1, totals.GetProperty("skippedFor").GetProperty("provider mistral is not served").GetInt32());
        Assert.Equal(1, totals.GetProperty("skippedFor").GetProperty("mode image_generation is not billed by the token").GetInt32());
        Assert.False(preview.GetProperty("applied").GetBoolean());
        Assert.Equal(before, (await host.GetAsync("/rates?history=true&limit=1000")).Body);
        Assert.Equal(50, preview.GetProperty("models").GetArrayLength());
        foreach (var model in preview.GetProperty("models").EnumerateArray().Where(model => Text(model, "change") is "skipped" or "invalid"))
            Assert.NotEmpty(Text(model, "reason")!);
    }

    [Theory]
    [InlineData("gpt-4o", "standard.input", "2.50", "2.00", "0.8", null)]
    [InlineData("gpt-4o", "standard.output", "10.00", "8.00", "0.8", null)]
    [InlineData("gpt-4.1-mini", "standard.cachedInput", "0.10", "0.02", "0.2", "less than a third of the price")]
    [InlineData("gpt-4.1-nano", "standard.input", "0.10", "0.00", "0", "becomes free")]
    [InlineData("o4-mini", "flex.input", "0.55", "0.60", "1.0909", null)]
    [InlineData("gpt-5.4", "long.standard.input", "5.00", "5.50", "1.1", null)]
    [InlineData("claude-sonnet-4-6", "standard.input", "3.00", "10.00", "3.3333", "more than 3 times as dear")]
    [InlineData("claude-3-5-haiku-20241022", "standard.cacheWriteLong", "1.60", "1.70", "1.0625", null)]
    [InlineData("gpt-4o-2024-11-20", "standard.output", "10.00", "11.00", "1.1", null)]
    [InlineData("gpt-7-house", "long.fast.output", null, "13.68", null, null)]
    [InlineData("gpt-7-house", "batch.input", null, "0.615", null, null)]
    [InlineData("gpt-7-house", "toolCall", null, "0.025", null, null)]
    [InlineData("gpt-7-house", "fileSearch", null, "0.0025", null, null)]
    [InlineData("gpt-7-house", "codeSession", null, "0.03", null, null)]
    [InlineData("gpt-7-house", "longContextThreshold", null, "272000", null, null)]
    [InlineData("house-noisy", "standard.input", null, "0.96", null, null)]
    [InlineData("house-noisy", "standard.output", null, "3.00", null, null)]
    [InlineData("house-audio", "standard.audioOutput", null, "64.00", null, null)]
    [InlineData("house-audio", "standard.imageInput", null, "8.00", null, null)]
    [InlineData("claude-house", "standard.cacheWriteShort", null, "0.9375", null, null)]
    public async Task Each_price_is_shown_old_and_new_with_its_ratio(string name, string price, string? old, string now, string? ratio, string? warning)
    {
        await using var host = await AdminHost.StartAsync();
        var model = Model(await PreviewAsync(host, File), name);
        var found = Assert.Single(model.GetProperty("prices").EnumerateArray(), one => Text(one, "price") == price);
        Assert.Equal((old, now, warning), (Text(found, "old"), Text(found, "new"), Text(found, "warning")));
        Assert.Equal(ratio, found.GetProperty("ratio").ValueKind == JsonValueKind.Null ? null : found.GetProperty("ratio").GetDecimal().ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task What_openai_charges_for_writing_its_cache_it_writes_unasked()
    {
        await using var host = await AdminHost.StartAsync();
        const string New = """{"gpt-9":{"litellm_provider":"openai","mode":"chat","input_cost_per_token":1e-6,"output_cost_per_token":2e-6,"cache_creation_input_token_cost":1.25e-6},"claude-9":{"litellm_provider":"anthropic","mode":"chat","input_cost_per_token":1e-6,"output_cost_per_token":2e-6,"cache_creation_input_token_cost":1.25e-6}}""";
        (await ImportAsync(host, New, "&apply=true&acceptWarnings=true")).Is(HttpStatusCode.OK);
        Assert.True(Assert.Single((await host.GetAsync("/rates?model=gpt-9")).Json.GetProperty("items").EnumerateArray()).GetProperty("autoCacheWrite").GetBoolean());
        Assert.False(Assert.Single((await host.GetAsync("/rates?model=claude-9")).Json.GetProperty("items").EnumerateArray()).GetProperty("autoCacheWrite").GetBoolean());
    }

    [Fact]
    public async Task What_was_previewed_is_what_is_applied_and_a_second_time_changes_nothing()
    {
        await using var host = await AdminHost.StartAsync();
        var id = Text(await PreviewAsync(host, File), "id");
        var refused = (await ImportAsync(host, File, $"&apply=true&id={id}")).Is(HttpStatusCode.Conflict);
        Assert.Contains("openai/gpt-4.1-nano standard.input 0.10 → 0.00: becomes free", Text(refused.Json, "detail"), StringComparison.Ordinal);
        Assert.Contains("acceptWarnings=true", Text(refused.Json, "detail"), StringComparison.Ordinal);
        Assert.DoesNotContain((await host.GetAsync("/rates?history=true&limit=1000")).Body, "\"added\"", StringComparison.Ordinal);

        var applied = (await ImportAsync(host, File, $"&apply=true&id={id}&acceptWarnings=true")).Is(HttpStatusCode.OK).Json;
        Assert.True(applied.GetProperty("applied").GetBoolean());
        var rows = await RatesApiTests.ListAsync(host, "?limit=1000");
        Assert.Equal(23, rows.Count(row => Text(row, "origin") == "added"));
        var own = Assert.Single(rows, row => Text(row, "model") == "gpt-7-house");
        Assert.Equal(("1.23", "4.56", "configured"), (RatesApiTests.Price(own, "input"), RatesApiTests.Price(own, "output"), Text(own, "addedBy")));
        Assert.Equal((128_000, true), (own.GetProperty("profile").GetProperty("maxOutput").GetInt32(), own.GetProperty("profile").GetProperty("reasoning").GetBoolean()));
        Assert.Equal("import: LiteLLM model_prices_and_context_window.json", own.GetProperty("sources")[0].GetString());
        // What the file does not say stays: batch and fast of gpt-4o, and what is known of how it is counted.
        var old = Assert.Single(rows, row => Text(row, "model") == "gpt-4o" && Text(row, "provider") == "openai");
        Assert.Equal("1.25", old.GetProperty("usdPerMillion").GetProperty("batch").GetProperty("input").GetString());
        Assert.True(old.GetProperty("profile").GetProperty("exactEncoding").GetBoolean());

        var again = await PreviewAsync(host, File);
        Assert.Equal((0, 0, 36, 14), (Number(again.GetProperty("totals"), "new"), Number(again.GetProperty("totals"), "changed"), Number(again.GetProperty("totals"), "unchanged"), Number(again.GetProperty("totals"), "skipped")));
        Assert.Contains("have changed since", Text((await ImportAsync(host, File, $"&apply=true&id={id}&acceptWarnings=true")).Is(HttpStatusCode.Conflict).Json, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_of_another_file_time_or_table_is_not_applied()
    {
        await using var host = await AdminHost.StartAsync();
        var id = Text(await PreviewAsync(host, File), "id");
        var other = File.Replace("1.23e-06", "1.24e-06", StringComparison.Ordinal);
        (await ImportAsync(host, other, $"&apply=true&id={id}&acceptWarnings=true")).Is(HttpStatusCode.Conflict);
        (await ImportAsync(host, File, $"&apply=true&id={id}&acceptWarnings=true&effectiveFrom=2027-02-01")).Is(HttpStatusCode.Conflict);
        (await host.PutAsync("/rates/openai/unrelated", """{"usdPerMillion":{"standard":{"input":"1","output":"1"}}}""")).Is(HttpStatusCode.OK);
        (await ImportAsync(host, File, $"&apply=true&id={id}&acceptWarnings=true")).Is(HttpStatusCode.Conflict);
        Assert.Single(await RatesApiTests.ListAsync(host, "?limit=1000&history=true"), row => Text(row, "origin") == "added");
    }

    [Fact]
    public async Task Of_two_imports_at_once_one_is_applied()
    {
        await using var host = await AdminHost.StartAsync();
        var other = File.Replace("1.23e-06", "1.24e-06", StringComparison.Ordinal);
        var ids = new[] { Text(await PreviewAsync(host, File), "id"), Text(await PreviewAsync(host, other), "id") };
        var answers = await Task.WhenAll(
            ImportAsync(host, File, $"&apply=true&id={ids[0]}&acceptWarnings=true"), ImportAsync(host, other, $"&apply=true&id={ids[1]}&acceptWarnings=true"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.Status).Order());
        Assert.Equal(23, (await RatesApiTests.ListAsync(host, "?limit=1000&history=true")).Count(row => Text(row, "origin") == "added"));
    }

    [Fact]
    public async Task Rows_begin_when_they_are_told_to()
    {
        await using var host = await AdminHost.StartAsync();
        (await ImportAsync(host, File, "&apply=true&acceptWarnings=true&effectiveFrom=2027-02-01")).Is(HttpStatusCode.OK);
        Assert.Empty(await RatesApiTests.ListAsync(host, "?model=gpt-7-house"));
        Assert.Equal("openai/gpt-7-house@2027-02-01", Text(Assert.Single(await RatesApiTests.ListAsync(host, "?model=gpt-7-house&at=2027-02-01")), "id"));
        // The same file for the same day once more: nothing is left to add.
        (await ImportAsync(host, File, "&apply=true&effectiveFrom=2027-02-01")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_model_that_cant_be_read_is_named_with_its_line_and_nothing_is_applied()
    {
        await using var host = await AdminHost.StartAsync();
        const string Broken = """
            {
              "good": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
              "negative": {"litellm_provider": "openai", "mode": "chat",
                 "input_cost_per_token": -1e-06, "output_cost_per_token": 2e-06},
              "text": {"litellm_provider": "openai", "input_cost_per_token": "much", "output_cost_per_token": 2e-06},
              "fine": {"litellm_provider": "openai", "input_cost_per_token": 1.5e-16, "output_cost_per_token": 2e-06},
              "list": [1, 2],
              "twice": {"litellm_provider": "openai", "input_cost_per_token": 1e-06, "input_cost_per_token": 2e-06},
              "nobody": {"input_cost_per_token": 1e-06},
              "openai/good": {"litellm_provider": "openai", "input_cost_per_token": 3e-06, "output_cost_per_token": 2e-06},
              "no-output": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-06}
            }
            """;
        var preview = await PreviewAsync(host, Broken);
        Assert.Equal(8, Number(preview.GetProperty("totals"), "invalid"));
        Assert.Equal(
            [("negative", 3), ("text", 5), ("fine", 6), ("list", 7), ("twice", 8), ("nobody", 9), ("openai/good", 10), ("no-output", 11)],
            preview.GetProperty("models").EnumerateArray().Where(model => Text(model, "change") == "invalid").Select(model => (Text(model, "name"), Number(model, "line"))));
        var refused = (await ImportAsync(host, Broken, "&apply=true")).Is(HttpStatusCode.Conflict);
        Assert.Contains("line 3, negative: input_cost_per_token: Must not be negative.", Text(refused.Json, "detail"), StringComparison.Ordinal);
        Assert.Empty(await RatesApiTests.ListAsync(host, "?model=good"));
        (await ImportAsync(host, Broken, "&apply=true&skipInvalid=true")).Is(HttpStatusCode.OK);
        Assert.Equal("1.00", RatesApiTests.Price(Assert.Single(await RatesApiTests.ListAsync(host, "?model=good")), "input"));
    }

    [Fact]
    public async Task What_no_row_can_say_is_skipped_or_said()
    {
        await using var host = await AdminHost.StartAsync();
        const string Odd = """
            {
              "tiers": {"litellm_provider": "openai", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "tiered_pricing": [{"range": [0, 32000], "input_cost_per_token": 1e-06}]},
              "night": {"litellm_provider": "openai", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "off_peak_pricing": {"input_cost_per_token": 1e-07}},
              "claude-us": {"litellm_provider": "anthropic", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "provider_specific_entry": {"us": 1.1, "fast": 2.0}},
              "uplift": {"litellm_provider": "azure", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "regional_endpoint_uplift_multiplier": 1.1, "cache_read_input_token_cost_ultrafast": 1e-06}
            }
            """;
        var preview = await PreviewAsync(host, Odd);
        Assert.Equal(("skipped", "skipped"), (Text(Model(preview, "tiers"), "change"), Text(Model(preview, "night"), "change")));
        var us = Model(preview, "claude-us");
        Assert.Equal("110", Text(Assert.Single(us.GetProperty("prices").EnumerateArray(), price => Text(price, "price") == "regionalPercent"), "new"));
        Assert.Equal("provider_specific_entry.fast is passed over", Assert.Single(us.GetProperty("notes").EnumerateArray()).GetString());
        Assert.Equal(
            ["regional_endpoint_uplift_multiplier is passed over", "cache_read_input_token_cost_ultrafast is passed over"],
            Model(preview, "uplift").GetProperty("notes").EnumerateArray().Select(note => note.GetString()));
    }

    [Theory]
    [InlineData("", "Line 1")]
    [InlineData("[]", "one JSON object")]
    [InlineData("null", "one JSON object")]
    [InlineData("{\n\"a\": {\n", "Line")]
    [InlineData("{\n\"a\": {},\n\"b\" {}}", "Line 3")]
    [InlineData("{\"a\":{}} x", "follows")]
    [InlineData("{\"a\":{}}{}", "follows")]
    public async Task What_is_no_file_of_prices_is_refused_whole(string file, string why)
    {
        await using var host = await AdminHost.StartAsync();
        Assert.Contains(why, Text((await ImportAsync(host, file)).Is(HttpStatusCode.BadRequest).Json, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_before_it_is_sent()
    {
        await using var host = await AdminHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/v1/rates/import?format=litellm") { Content = new ByteArrayContent(new byte[(64 << 20) + 1]) };
        request.Headers.Add("Authorization", "Bearer " + AdminHost.AdminKey);
        request.Headers.ExpectContinue = true;
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_file_that_does_not_say_how_large_it_is_is_read_to_the_limit()
    {
        var bytes = Encoding.UTF8.GetBytes(File);
        foreach (var limit in new[] { bytes.Length, bytes.Length - 1 })
        {
            var members = new JsonMembers(new BoundedBody(new ChunkedStream(bytes, 1_000), limit));
            async Task ReadAsync()
            {
                while (await members.ReadAsync(CancellationToken.None))
                    Assert.NotEmpty(members.Name);
            }

            if (limit == bytes.Length)
                await ReadAsync();
            else
                Assert.Equal(413, (await Assert.ThrowsAsync<ImportRefusedException>(ReadAsync)).Status);
        }
    }

    /// <summary>A million models, 60 MB, pass by; what is held at any time is one of them.</summary>
    [Fact]
    public async Task However_long_a_file_is_one_model_at_a_time_is_held()
    {
        var stream = new EndlessModels(1_000_000);
        var members = new JsonMembers(stream);
        var count = 0;
        var most = 0L;
        while (await members.ReadAsync(CancellationToken.None))
        {
            most = Math.Max(most, stream.Given - stream.Taken(members.Line));
            count++;
        }

        Assert.Equal(1_000_000, count);
        Assert.InRange(most, 1, 256 * 1024);
    }

    [Fact]
    public async Task A_preview_can_be_read_as_a_table()
    {
        await using var host = await AdminHost.StartAsync();
        var table = (await ImportAsync(host, File, "&view=table")).Is(HttpStatusCode.OK);
        Assert.Equal("text/plain; charset=utf-8", table.ContentType);
        var lines = table.Body.Split('\n');
        Assert.Equal("50 models: 14 new, 9 changed, 13 unchanged, 14 skipped, 0 invalid; 3 warnings", lines[1]);
        Assert.Contains(lines, line => line.Contains("openai/gpt-4.1-nano", StringComparison.Ordinal) && line.Contains("! becomes free", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public async Task A_csv_prices_models_by_tier_and_names_lines_that_are_wrong()
    {
        await using var host = await AdminHost.StartAsync();
        const string Csv = """
            provider,model,tier,aboveTokens,input,cachedInput,output,toolCallUsd,requestUsd,regionalMultiplier,aliases,maxInput,maxOutput
            openai,gpt-4o,,,2.00,1.00,8.00,,,,,,
            openai,gpt-4o,batch,,1.00,,4.00,,,,,,
            azure,eu/new,standard,,2,,8,0.03,0.001,1.1,"eu/new-2026 eu/newer",400000,5000
            azure,eu/new,standard,200000,4,,12,,,,,,
            azure,eu/new,fast,,4,,16,,,,,,
            mistral,m,,,1,,1,,,,,,
            openai,"bad",,,1e,,1,,,,,,
            openai,short,,,1
            openai,gpt-4.1,turbo,,1,,1,,,,,,
            """;
        var preview = (await ImportAsync(host, Csv, format: "csv")).Is(HttpStatusCode.OK).Json;
        var totals = preview.GetProperty("totals");
        Assert.Equal((1, 1, 1, 3), (Number(totals, "new"), Number(totals, "changed"), Number(totals, "skipped"), Number(totals, "invalid")));
        Assert.Equal(("1.25", "1.00"), Assert.Single(
            Model(preview, "openai/gpt-4o").GetProperty("prices").EnumerateArray().Where(price => Text(price, "price") == "batch.input").Select(price => (Text(price, "old"), Text(price, "new")))));
        Assert.Contains("line 8: input '1e'", Text(Model(preview, "openai/bad"), "reason"), StringComparison.Ordinal);
        Assert.Contains("turbo", Text(Model(preview, "openai/gpt-4.1"), "reason"), StringComparison.Ordinal);
        (await ImportAsync(host, Csv, "&apply=true", format: "csv")).Is(HttpStatusCode.Conflict);
        (await ImportAsync(host, Csv, "&apply=true&skipInvalid=true", format: "csv")).Is(HttpStatusCode.OK);
        var row = Assert.Single(await RatesApiTests.ListAsync(host, "?model=eu/newer"));
        Assert.Equal(("2.00", "8.00", "0.03", "0.001"), (RatesApiTests.Price(row, "input"), RatesApiTests.Price(row, "output"), Text(row, "toolCallUsd"), Text(row, "requestUsd")));
        Assert.Equal("4.00", row.GetProperty("longContextUsdPerMillion").GetProperty("standard").GetProperty("input").GetString());
        Assert.Equal((1.1m, 5_000), (row.GetProperty("regionalMultiplier").GetDecimal(), row.GetProperty("profile").GetProperty("maxOutput").GetInt32()));
    }

    [Theory]
    [InlineData("a,b\r\n1,2\r\n", "1:a|b 2:1|2")]
    [InlineData("a,b\n\n\n1,\n,2", "1:a|b 4:1| 5:|2")]
    [InlineData("\"a,\"\"x\"\"\nb\",c\nd , e\n", "1:a,\"x\"\nb|c 3:d|e")]
    [InlineData("\uFEFFa\n \"b\" \n", "1:a 2:b")]
    [InlineData("a\"b\",c\n", "1:!")]
    [InlineData("\"a\"b,c\nd", "1:! 2:d")]
    public async Task Csv_is_read_by_the_rules(string text, string read)
    {
        foreach (var size in new[] { 1, 3, 1_000 })
        {
            using var reader = CsvRecords.TextOf(new ChunkedStream(Encoding.UTF8.GetBytes(text), size));
            var records = new CsvRecords(reader);
            var all = new List<string>();
            while (await records.ReadAsync(CancellationToken.None))
                all.Add($"{records.Line}:{(records.Malformed ? "!" : string.Join('|', records.Fields))}");
            Assert.Equal(read, string.Join(' ', all));
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("provider,model,inptu\nopenai,m,1\n", "no column inptu")]
    [InlineData("model,input\nm,1\n", "must be columns")]
    [InlineData("provider,model,model\nopenai,m,1\n", "must be columns")]
    [InlineData("provider,model\nopenai,\"m\n", "never closed")]
    public async Task A_csv_without_the_columns_is_refused_whole(string file, string why)
    {
        await using var host = await AdminHost.StartAsync();
        Assert.Contains(why, Text((await ImportAsync(host, file, format: "csv")).Is(HttpStatusCode.BadRequest).Json, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_an_admin_imports_and_a_wrong_option_is_named()
    {
        await using var host = await AdminHost.StartAsync();
        var key = (await host.PostAsync("/admin-keys", """{"name":"k","role":"finance"}""")).Json.GetProperty("key").GetString();
        (await host.PostAsync("/rates/import?format=litellm", File, key)).Is(HttpStatusCode.Forbidden);
        (await ImportAsync(host, File, format: "xlsx")).ErrorOf("format");
        (await ImportAsync(host, File, "&aply=true")).ErrorOf("aply");
        (await ImportAsync(host, File, "&apply=yes")).ErrorOf("apply");
    }

    /// <summary>However a file is cut into pieces on its way, it is read the same.</summary>
    [Fact]
    public async Task Any_chunking_reads_the_same_members()
    {
        var bytes = Encoding.UTF8.GetBytes(File);
        var whole = await MembersAsync(bytes, bytes.Length);
        Assert.Equal(50, whole.Count);
        foreach (var size in new[] { 1, 2, 7, 100, 4_096 })
            Assert.Equal(whole, await MembersAsync(bytes, size));
        Assert.Equal(whole, await MembersAsync([.. "\uFEFF"u8, .. bytes], 5));
    }

    private static async Task<List<(string Name, int Line, string Value)>> MembersAsync(byte[] bytes, int chunk)
    {
        var members = new JsonMembers(new ChunkedStream(bytes, chunk));
        var all = new List<(string, int, string)>();
        while (await members.ReadAsync(CancellationToken.None))
            all.Add((members.Name, members.Line, Encoding.UTF8.GetString(members.Value.Span)));
        return all;
    }

    private static async Task<JsonElement> PreviewAsync(AdminHost host, string file) => (await ImportAsync(host, file)).Is(HttpStatusCode.OK).Json;

    private static Task<AdminHost.Answer> ImportAsync(AdminHost host, string file, string options = "", string format = "litellm") =>
        host.PostAsync($"/rates/import?format={format}{options}", file);

    private static JsonElement Model(JsonElement import, string name) =>
        Assert.Single(import.GetProperty("models").EnumerateArray(), model => Text(model, "name") == name);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    /// <summary>Models of one line each, made as they are asked for.</summary>
    private sealed class EndlessModels(int count) : MemoryStream
    {
        private static readonly int LineBytes = Line(0, ',').Length;

        private int _next = -1;
        private byte[] _rest = [];

        /// <summary>Bytes handed out.</summary>
        public long Given { get; private set; }

        /// <summary>Bytes up to a line.</summary>
        public long Taken(int line) => (long)(line - 1) * LineBytes;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            var written = 0;
            while (written < buffer.Length && (_rest.Length > 0 || _next <= count))
            {
                if (_rest.Length == 0)
                    _rest = Encoding.UTF8.GetBytes(Next());
                var part = _rest.AsMemory(0, Math.Min(_rest.Length, buffer.Length - written));
                part.CopyTo(buffer[written..]);
                written += part.Length;
                _rest = _rest[part.Length..];
            }

            Given += written;
            return written;
        }

        private static string Line(int number, char end) =>
            $$"""
            "m{{number:0000000}}":{"litellm_provider":"none","pad":"xxxxxxxxxxxxxxx"}{{end}}

            """;

        private string Next()
        {
            var number = _next++;
            return number < 0 ? "{" : number == count ? "}" : Line(number, number == count - 1 ? ' ' : ',');
        }
    }

    private sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
