using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using BudgetProxy.Tests.Conventions;
using BudgetProxy.Tests.Infrastructure;
using static BudgetProxy.Tests.Alerts.AlertScene;

namespace BudgetProxy.Tests.Alerts;

/// <summary>The README's own code, run on what a receiver got.</summary>
public sealed class ReadmeExampleTests
{
    private const string Python = """


        import json, sys
        for case in json.load(open(sys.argv[1])):
            try:
                verify(case["secret"], case["headers"], case["body"].encode(), case["now"])
                print("ok")
            except ValueError as refused:
                print(refused)
        """;

    private const string Node = """


        import { readFileSync } from "node:fs";
        for (const one of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
          try {
            verify(one.secret, one.headers, Buffer.from(one.body), one.now);
            console.log("ok");
          } catch (refused) {
            console.log(refused.message);
          }
        }
        """;

    [Theory]
    [InlineData("python3", "python", "verify.py", Python)]
    [InlineData("node", "js", "verify.mjs", Node)]
    public async Task An_example_takes_what_was_sent_and_nothing_else(string command, string language, string file, string rest)
    {
        var example = Example(language);
        Assert.Contains("verify", example, StringComparison.Ordinal);
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var proxy = await TestProxy.StartAsync();
        var secret = await PutWebhookAsync(proxy.Admin, "ops", receiver.Url);
        await proxy.SendAsync(HttpMethod.Post, "alerts/webhooks/ops/test", "");
        var renewed = (await proxy.SendAsync(HttpMethod.Post, "alerts/webhooks/ops/secret", "")).GetProperty("secret").GetString()!;
        await proxy.SendAsync(HttpMethod.Post, "alerts/webhooks/ops/test", "");
        var (first, both) = (receiver.Received.First(), receiver.Received.Last());
        var sentAt = long.Parse(first.Headers["webhook-timestamp"]);
        object Case(ReceivedDelivery one, string with, string? body = null, long later = 0) => new
        {
            secret = with,
            headers = one.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value),
            body = body ?? one.Json.GetRawText(),
            now = sentAt + later,
        };
        object[] cases =
        [
            Case(first, secret), Case(both, secret), Case(both, renewed), Case(first, renewed), Case(first, secret, first.Json.GetRawText() + " "),
            Case(first, secret, later: 299), Case(first, secret, later: 301), Case(first, secret, later: -302),
        ];
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, file), example + rest);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "cases.json"), JsonSerializer.Serialize(cases));
        if (await RunAsync(folder.Path, command, file) is { } said)
        {
            Assert.Equal(
                ["ok", "ok", "ok", "not signed with this secret", "not signed with this secret", "ok", "too old or too new", "too old or too new"],
                said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
    }

    private static string Example(string language)
    {
        var page = File.ReadAllText(Path.Combine(SourceTree.Root, "src/BudgetProxy/Alerts/README.md"));
        var begin = page.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    /// <summary>What it printed; null = it is not on this machine.</summary>
    private static async Task<string?> RunAsync(string folder, string command, string file)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, [file, "cases.json"])
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, await errors);
            return await output;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
