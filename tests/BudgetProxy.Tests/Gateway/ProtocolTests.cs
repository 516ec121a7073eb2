using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>What goes over the wire, byte by byte, for clients that keep a connection and for those that know HTTP/1.0 only.</summary>
public sealed class ProtocolTests
{
    private const string Cost = "X-BudgetProxy-Cost-Usd";

    [Theory]
    [InlineData(Bodies.ChatPath, "")]
    [InlineData(Bodies.ChatPath, "Connection: keep-alive\r\n")]
    [InlineData(Bodies.MessagesPath, "")]
    public async Task An_http_1_0_client_gets_a_whole_stream_without_chunks_or_trailer(string path, string headers)
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 40 };
        var key = await proxy.CreateTenantAsync("acme");
        using var connection = await RawConnection.OpenAsync(proxy.BaseAddress);

        await connection.PostAsync(path, key, BodyFor(path, stream: true), "1.0", headers);
        var (head, body) = Split(await connection.ReadToEndAsync());

        Assert.Contains(" 200 ", head, StringComparison.Ordinal);
        Assert.Contains("text/event-stream", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Cost, body, StringComparison.OrdinalIgnoreCase);
        Assert.All(body.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches("^(data|event): ", line));
        Assert.EndsWith(path == Bodies.ChatPath ? "data: [DONE]\n\n" : "data: {\"type\":\"message_stop\"}\n\n", body, StringComparison.Ordinal);
        await AssertBookedAsync(proxy);
    }

    [Theory]
    [InlineData(Bodies.ChatPath)]
    [InlineData(Bodies.MessagesPath)]
    public async Task An_http_1_0_client_gets_a_whole_answer_with_its_cost(string path)
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        using var connection = await RawConnection.OpenAsync(proxy.BaseAddress);

        await connection.PostAsync(path, key, BodyFor(path, stream: false), "1.0");
        var (head, body) = Split(await connection.ReadToEndAsync());

        Assert.Contains(" 200 ", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Trailer:", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"\r\nContent-Length: {body.Length}\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"\r\n{Cost}: {await AssertBookedAsync(proxy)}\r\n", head, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("{", body, StringComparison.Ordinal);
        Assert.EndsWith("}", body.TrimEnd(), StringComparison.Ordinal);
    }

    /// <param name="pipelined">All four are sent before the first answer is read.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_connection_carries_streams_answers_and_refusals_in_a_row(bool pipelined)
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 40 };
        var key = await proxy.CreateTenantAsync("acme");
        using var connection = await RawConnection.OpenAsync(proxy.BaseAddress);
        (string Path, string Body)[] calls =
        [
            (Bodies.ChatPath, Bodies.Chat(stream: true)),
            (Bodies.ChatPath, Bodies.Chat()),
            (Bodies.ChatPath, Bodies.Chat(model: "nobody-priced-this")),
            (Bodies.MessagesPath, Bodies.Messages(stream: true)),
        ];
        var answers = new List<RawAnswer>();
        foreach (var (path, body) in calls)
        {
            await connection.PostAsync(path, key, body);
            if (!pipelined)
                answers.Add(await connection.ReadAnswerAsync());
        }

        while (answers.Count < calls.Length)
            answers.Add(await connection.ReadAnswerAsync());

        Assert.Equal(["200", "200", "402", "200"], answers.Select(answer => answer.Status.Split(' ')[1]));
        var costs = (await proxy.LedgerAsync("acme")).Select(entry => entry.GetProperty("costUsd").GetString()!).ToList();
        Assert.Equal(3, costs.Count);
        AssertStream(answers[0], "data: [DONE]\n\n", costs[0]);
        Assert.Equal(costs[1], answers[1].Headers[Cost]);
        Assert.EndsWith("}", answers[1].Body.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("nobody-priced-this", answers[2].Body, StringComparison.Ordinal);
        Assert.All(answers.Skip(1).Take(2), answer => Assert.Empty(answer.Trailers));
        Assert.All(answers.Skip(1).Take(2), answer => Assert.DoesNotContain("Trailer", answer.Headers.Keys));
        AssertStream(answers[3], "data: {\"type\":\"message_stop\"}\n\n", costs[2]);
    }

    private static void AssertStream(RawAnswer answer, string end, string cost)
    {
        Assert.EndsWith(end, answer.Body, StringComparison.Ordinal);
        Assert.Equal(Cost, answer.Headers["Trailer"]);
        Assert.Equal((Cost, cost), (Assert.Single(answer.Trailers).Key, answer.Trailers[Cost]));
    }

    /// <summary>The cost of the one call on the books.</summary>
    private static async Task<string> AssertBookedAsync(TestProxy proxy)
    {
        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.Equal("reported", entry.GetProperty("basis").GetString());
        Assert.Equal(Assert.Single(proxy.Provider.Calls).Billed.Output, entry.GetProperty("tokens").GetProperty("output").GetInt64());
        return entry.GetProperty("costUsd").GetString()!;
    }

    private static (string Head, string Body) Split(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, "No head: " + answer);
        return (answer[..(end + 2)], answer[(end + 4)..]);
    }

    private static string BodyFor(string path, bool stream) => path == Bodies.ChatPath ? Bodies.Chat(stream: stream) : Bodies.Messages(stream: stream);
}
