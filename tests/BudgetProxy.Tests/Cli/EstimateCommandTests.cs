using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Cli;

/// <summary>The built program, run as people run it.</summary>
public sealed class EstimateCommandTests
{
    private static readonly string[] Documents =
        ["estimate", "--model", "gpt-4o-mini,claude-haiku-4-5", "--requests", "10k", "--input", "2000", "--output", "500", "--at", "2026-11-28"];

    [Fact]
    public async Task Models_stand_side_by_side_and_the_cheapest_is_marked()
    {
        var answer = (await CliProgram.RunAsync(Documents)).Ok();
        Assert.Equal("10,000 requests, each 2,000 tokens in, 500 out. Prices: standard, of 2026-11-28, card 2026-11-21.", answer.Lines[0]);
        Assert.Equal("Model              Input  Cached  Cache writes  Output  Tools   Total  Per request", answer.Lines[2]);
        Assert.Equal("gpt-4o-mini        $3.00       -             -   $3.00      -   $6.00      $0.0006  cheapest", answer.Lines[4]);
        Assert.Equal("claude-haiku-4-5  $20.00       -             -  $25.00      -  $45.00      $0.0045", answer.Lines[5].TrimEnd());
        Assert.Contains("gpt-4o-mini: as a batch $3.00, 50 % less.", answer.Lines);
        Assert.DoesNotContain('\e', answer.Output);
    }

    [Fact]
    public async Task A_cached_prefix_and_a_batch_show_what_they_save()
    {
        var answer = (await CliProgram.RunAsync(
            "estimate", "--model", "claude-3-5-haiku-20241022", "--requests", "1_000_000", "--per", "month", "--cached-prefix", "1000", "--at", "2026-11-28")).Ok();
        // First 0.001×1.00, then 999.999×0.08; without a cache 1000×0.80.
        Assert.Contains("claude-3-5-haiku-20241022      -  $79.99992        $0.001       -      -  $80.00092  $0.000080001", answer.Lines);
        Assert.Contains("claude-3-5-haiku-20241022: the cache saves $719.99908 (90 %) against $800.00 without it.", answer.Lines);
        Assert.Contains("from 2,048 tokens on", answer.Output, StringComparison.Ordinal);

        var batch = (await CliProgram.RunAsync([.. Documents, "--batch"])).Ok();
        Assert.Contains("gpt-4o-mini: the batch tier saves $3.00 (50 %) against $6.00 at standard prices.", batch.Lines);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("60")]
    [InlineData("80")]
    public async Task No_line_is_wider_than_the_terminal(string columns)
    {
        var answer = (await CliProgram.RunAsync([("COLUMNS", columns)], [.. Documents, "--cached-prefix", "1000"])).Ok();
        Assert.All(answer.Lines, line => Assert.InRange(line.Length, 0, int.Parse(columns)));
        Assert.Contains("gpt-4o-mini  cheapest", answer.Lines);
        Assert.Contains(answer.Lines, line => line.StartsWith("  Total", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Colours_are_for_terminals_that_want_them()
    {
        var colourful = await CliProgram.RunOnTerminalAsync([("TERM", "xterm-256color")], Documents);
        Assert.True(colourful.Code == 0, colourful.Output + colourful.Error);
        Assert.Contains("\e[", colourful.Output, StringComparison.Ordinal);
        var plain = await CliProgram.RunOnTerminalAsync([("TERM", "xterm-256color"), ("NO_COLOR", "1")], Documents);
        Assert.Contains("cheapest", plain.Output, StringComparison.Ordinal);
        // What .NET itself sends to a terminal is no colour and ends in no m.
        Assert.DoesNotMatch(@"\e\[[0-9;]*m", plain.Output);
    }

    [Fact]
    public async Task Json_and_csv_are_exact_and_agree()
    {
        var json = JsonDocument.Parse((await CliProgram.RunAsync([.. Documents, "--json"])).Ok().Output).RootElement;
        Assert.Equal("2026-11-28T00:00:00Z", json.GetProperty("at").GetString());
        var models = json.GetProperty("models").EnumerateArray().ToList();
        Assert.Equal(["6.000000000", "45.000000000"], models.Select(model => model.GetProperty("totalUsd").GetString()));

        var csv = (await CliProgram.RunAsync([.. Documents, "--csv"])).Ok().Output.Split("\r\n");
        Assert.StartsWith("model,rate,tier,requests,", csv[0], StringComparison.Ordinal);
        Assert.Equal(
            "claude-haiku-4-5,anthropic/claude-haiku-4-5-20251001@2025-10-01,standard,10000,0,20.000000000,,,25.000000000,,45.000000000,0.004500000,,,22.500000000,false,false", csv[2]);
        Assert.Equal(4, csv.Length);
    }

    [Fact]
    public async Task An_unknown_model_is_told_with_the_nearest() =>
        (await CliProgram.RunAsync("estimate", "--model", "gpt4o-mini", "claude-sonet-5", "--input", "1"))
            .Fails(1, "There is no rate for a model 'gpt4o-mini'. The nearest are: gpt-4o-mini, ");

    [Fact]
    public async Task More_than_can_be_counted_is_told() =>
        (await CliProgram.RunAsync("estimate", "--model", "o1-pro", "--requests", "1G", "--input", "1M")).Fails(1, "more than 9.2 billion USD");

    [Theory]
    [InlineData("Option '--model' is required", "estimate")]
    [InlineData("--input: 'two' is not a whole number", "estimate", "--model", "gpt-4o", "--input", "two")]
    [InlineData("--input: '1.5' is not a whole number", "estimate", "--model", "gpt-4o", "--input", "1.5")]
    [InlineData("--input: Must be from 0", "estimate", "--model", "gpt-4o", "--input", "2G")]
    [InlineData("--input: Nothing to price", "estimate", "--model", "gpt-4o")]
    [InlineData("--requests: Must be from 1", "estimate", "--model", "gpt-4o", "--input", "1", "--requests", "0")]
    [InlineData("--cache-lifetime: '5' is not a time", "estimate", "--model", "gpt-4o", "--input", "1", "--cache-lifetime", "5")]
    [InlineData("--cache-lifetime: Must be from 1 second", "estimate", "--model", "gpt-4o", "--input", "1", "--cache-lifetime", "2147483647d")]
    [InlineData("--requests: '99999999999999999999999999999999' is not", "estimate", "--model", "gpt-4o", "--input", "1", "--requests", "99999999999999999999999999999999")]
    [InlineData("--at: '28.11.2026' is not a date", "estimate", "--model", "gpt-4o", "--input", "1", "--at", "28.11.2026")]
    [InlineData("'slow' not recognized", "estimate", "--model", "gpt-4o", "--input", "1", "--tier", "slow")]
    [InlineData("a batch has no other tier", "estimate", "--model", "gpt-4o", "--input", "1", "--tier", "flex", "--batch")]
    [InlineData("give one of the two", "estimate", "--model", "gpt-4o", "--input", "1", "--json", "--csv")]
    [InlineData("--model: name at least one", "estimate", "--model", ",", "--input", "1")]
    [InlineData("--key is for a running proxy", "estimate", "--model", "gpt-4o", "--input", "1", "--key", "k")]
    [InlineData("needs an admin key", "estimate", "--model", "gpt-4o", "--input", "1", "--url", "http://127.0.0.1:1")]
    [InlineData("is not an address", "estimate", "--model", "gpt-4o", "--input", "1", "--url", "127.0.0.1:1", "--key", "k")]
    [InlineData("'--modl' was not matched", "estimate", "--modl", "gpt-4o")]
    [InlineData("Required command was not provided")]
    public async Task A_wrong_command_line_is_exit_code_2_and_says_what_is_wrong(string message, params string[] arguments) =>
        (await CliProgram.RunAsync(arguments)).Fails(2, message);

    [Fact]
    public async Task Files_are_counted_each_as_a_request()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "deep", "er"));
        Directory.CreateDirectory(Path.Combine(folder.Path, ".hidden"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "a.txt"), "hello world");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "deep", "er", "b.txt"), string.Concat(Enumerable.Repeat("hello", 7)));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, ".hidden", "c.txt"), "not meant");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "d.md"), "not meant");

        async Task<long> InputAsync(string model, params string[] more)
        {
            var answer = await CliProgram.RunAsync(["estimate", "--model", model, "--file", Path.Combine(folder.Path, "**", "*.txt"), "--json", .. more]);
            return JsonDocument.Parse(answer.Ok().Output).RootElement.GetProperty("models")[0].GetProperty("lines")[0].GetProperty("quantity").GetInt64();
        }

        // o200k_base: "hello world" is 2 tokens, and "hello" seven times run together is 7.
        Assert.Equal(2 + 7, await InputAsync("gpt-4o-mini"));
        Assert.Equal(2 + 7 + 20, await InputAsync("gpt-4o-mini", "--input", "10"));
        Assert.Equal((3 * 2) + (2 * 7), await InputAsync("gpt-4o-mini", "--requests", "5"));

        var guess = (await CliProgram.RunAsync("estimate", "--model", "claude-haiku-4-5,gpt-4o-mini", "--file", Path.Combine(folder.Path, "*.txt"))).Ok();
        Assert.Contains(guess.Lines, line => line.StartsWith("claude-haiku-4-5  ~$", StringComparison.Ordinal));
        Assert.Contains(guess.Lines, line => line.StartsWith("~ The input was counted", StringComparison.Ordinal));
        Assert.DoesNotContain(guess.Lines, line => line.StartsWith("gpt-4o-mini       ~$", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_no_text_or_no_file_is_told()
    {
        using var folder = new TempFolder();
        var binary = Path.Combine(folder.Path, "a.pdf");
        await File.WriteAllBytesAsync(binary, [0x25, 0x50, 0x44, 0x46, 0, 1]);
        (await CliProgram.RunAsync("estimate", "--model", "gpt-4o", "--file", binary)).Fails(1, "is not UTF-8 text");
        (await CliProgram.RunAsync("estimate", "--model", "gpt-4o", "--file", Path.Combine(folder.Path, "*.txt"))).Fails(1, "there is no file");
        await File.WriteAllTextAsync(binary, "text");
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "b.pdf"), "text");
        (await CliProgram.RunAsync("estimate", "--model", "gpt-4o", "--file", Path.Combine(folder.Path, "*"), "--requests", "1")).Fails(2, "fewer than the 2 files");
        await File.WriteAllTextAsync(binary, "");
        (await CliProgram.RunAsync("estimate", "--model", "gpt-4o", "--file", binary)).Fails(2, "Nothing to price");
    }

    [Fact]
    public async Task A_rate_file_takes_the_place_of_the_shipped_card()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "rates.json");
        const string Row = """{"provider":"openai","model":"ours","effectiveFrom":"2026-01-01T00:00:00Z","tokens":{"standard":{"input":1000000000,"output":2000000000}},"profile":{}}""";
        await File.WriteAllTextAsync(path, $$"""{"compiled":"2026-06-01","rates":[{{Row}}]}""");
        var answer = (await CliProgram.RunAsync("estimate", "--model", "ours", "--input", "1M", "--output", "1M", "--rates", path)).Ok();
        Assert.Contains("card 2026-06-01", answer.Lines[0], StringComparison.Ordinal);
        Assert.Contains(answer.Lines, line => line.StartsWith("ours   $1.00       -             -   $2.00      -  $3.00", StringComparison.Ordinal));
        (await CliProgram.RunAsync("estimate", "--model", "gpt-4o", "--input", "1", "--rates", path)).Fails(1, "There is no rate");

        foreach (var wrong in new[] { "", "[]", "{}", "{\"compiled\":\"x\",\"rates\":[]}", $$"""{"rates":[{{Row}}]}""", $$"""{"compiled":"x","rates":[{{Row}}]} x""", Row, $$"""{"compiled":"x","rates":[{{Row.Replace("\"input\":1000000000", "\"input\":1.5", StringComparison.Ordinal)}}]}""" })
        {
            await File.WriteAllTextAsync(path, wrong);
            (await CliProgram.RunAsync("estimate", "--model", "ours", "--input", "1", "--rates", path)).Fails(1, "--rates:");
        }

        (await CliProgram.RunAsync("estimate", "--model", "ours", "--input", "1", "--rates", path + ".none")).Fails(1, "can't be read");
    }

    [Fact]
    public async Task Help_has_every_option_and_examples()
    {
        var help = (await CliProgram.RunAsync("estimate", "--help")).Ok().Output;
        foreach (var option in new[] { "--model", "--requests", "--input", "--output", "--cached-prefix", "--batch", "--cache", "--per", "--tier", "--at", "--rates", "--url", "--key", "--file", "--json", "--csv" })
            Assert.Contains($"{option} ", help, StringComparison.Ordinal);
        Assert.Contains("Examples:", help, StringComparison.Ordinal);
        Assert.Contains("estimate", (await CliProgram.RunAsync("--help")).Ok().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_offers_models()
    {
        const string Typed = "budgetproxy estimate --model gpt-4o-m";
        var offered = (await CliProgram.RunAsync($"[suggest:{Typed.Length}]", Typed)).Ok().Lines;
        Assert.Contains("gpt-4o-mini", offered);
        Assert.Contains("gpt-4o-mini-2024-07-18", offered);
        Assert.All(offered, name => Assert.Contains("gpt-4o-m", name, StringComparison.Ordinal));
    }
}
