using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Cli;

/// <summary>The built program before a running proxy.</summary>
public sealed class RemoteEstimateTests
{
    [Theory]
    [InlineData("viewer")]
    [InlineData("admin")]
    public async Task A_running_proxy_answers_as_the_shipped_card_does(string role)
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = (await proxy.SendAsync(HttpMethod.Post, "admin-keys", $$"""{"name":"cli","role":"{{role}}"}""")).GetProperty("key").GetString()!;
        string[] question =
        [
            "estimate", "--model", "gpt-4o-mini,claude-opus-5,gpt-5.6-luna", "--requests", "100", "--per", "day", "--input", "900", "--output", "70", "--cached-prefix", "5000",
            "--cache", "1h", "--cache-lifetime", "10m", "--tier", "batch", "--regional", "--tool-calls", "2", "--at", "2026-11-28", "--json",
        ];
        var local = (await CliProgram.RunAsync(question)).Ok();
        var remote = (await CliProgram.RunAsync([("BUDGETPROXY_ADMIN_KEY", key)], [.. question, "--url", proxy.BaseAddress.AbsoluteUri])).Ok();
        Assert.Equal(local.Output, remote.Output);

        string[] share = ["estimate", "--model", "claude-opus-5", "--requests", "1000", "--cached-prefix", "5000", "--requests-per-write", "7", "--at", "2026-11-28", "--csv"];
        Assert.Equal((await CliProgram.RunAsync(share)).Ok().Output, (await CliProgram.RunAsync([.. share, "--url", proxy.BaseAddress.AbsoluteUri, "--key", key])).Ok().Output);
    }

    [Fact]
    public async Task Files_are_counted_here_and_priced_there_without_their_text()
    {
        using var folder = new TempFolder();
        for (var i = 0; i < 5; i++)
            await File.WriteAllTextAsync(Path.Combine(folder.Path, $"{i}.txt"), string.Concat(Enumerable.Repeat($"Text number {i}, of a length of its own. ", 1 + (i * 3))));
        string[] question = ["estimate", "--model", "gpt-4o-mini,claude-haiku-4-5", "--file", Path.Combine(folder.Path, "*.txt"), "--requests", "12", "--output", "9", "--at", "2026-11-28", "--json"];
        await using var proxy = await TestProxy.StartAsync();
        var local = (await CliProgram.RunAsync(question)).Ok();
        Assert.Equal(local.Output, (await CliProgram.RunAsync([.. question, "--url", proxy.BaseAddress.AbsoluteUri, "--key", TestProxy.AdminKey])).Ok().Output);
        var models = JsonDocument.Parse(local.Output).RootElement.GetProperty("models");
        Assert.False(models[0].GetProperty("approximate").GetBoolean());
        Assert.True(models[1].GetProperty("approximate").GetBoolean());
    }

    [Fact]
    public async Task A_proxys_refusal_is_told_in_its_own_words()
    {
        await using var proxy = await TestProxy.StartAsync();
        string[] question = ["estimate", "--model", "gpt4o-mini", "--input", "1", "--url", proxy.BaseAddress.AbsoluteUri];
        (await CliProgram.RunAsync([.. question, "--key", "wrong"])).Fails(4, "An admin key is needed.");
        (await CliProgram.RunAsync([.. question, "--key", TestProxy.AdminKey])).Fails(1, "The nearest are: gpt-4o-mini");
        (await CliProgram.RunAsync([.. question, "--key", TestProxy.AdminKey, "--tenant", "nobody"])).Fails(1, "There is no such tenant.");
        (await CliProgram.RunAsync([.. question, "--key", "smörgås"])).Fails(2, "no key has");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", "no estimate")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nhi!", "no estimate")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nConnection: close\r\n\r\nhi!", "answers 404")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "answers 302")]
    [InlineData("what is this", "can't be reached", 6)]
    public async Task Something_else_that_answers_is_told_apart(string response, string message, int code = 1)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync();
            var buffer = new byte[64 * 1024];
            var seen = "";
            // The body is one object, and comes after the head.
            while (!seen.Contains("\r\n\r\n{", StringComparison.Ordinal) || !seen.EndsWith('}'))
                seen += Encoding.UTF8.GetString(buffer, 0, await connection.GetStream().ReadAsync(buffer));
            await connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(response));
            return seen;
        });
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        (await CliProgram.RunAsync("estimate", "--model", "gpt-4o", "--input", "1", "--url", $"http://127.0.0.1:{port}", "--key", "a-key")).Fails(code, message);
        var request = await serving;
        Assert.StartsWith("POST /admin/v1/estimate HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer a-key\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_proxy_is_told() =>
        (await CliProgram.RunAsync("estimate", "--model", "gpt-4o", "--input", "1", "--url", "http://127.0.0.1:1", "--key", "k")).Fails(6, "can't be reached");
}
