using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Cli;

/// <summary>A running proxy, and the command line pointed at it as an operator would: by the environment.</summary>
internal sealed class CliProxy(TestProxy proxy) : IAsyncDisposable
{
    public TestProxy Proxy => proxy;

    public static async Task<CliProxy> StartAsync(params (string Key, string Value)[] settings) => new(await TestProxy.StartAsync(settings));

    public Task<CliAnswer> RunAsync(params string[] arguments) => CliProgram.RunAsync(Environment(), arguments);

    public Task<CliAnswer> RunAsAsync(string key, params string[] arguments) => CliProgram.RunAsync(Environment(key), arguments);

    public Task<CliAnswer> RunWithInputAsync(string input, params string[] arguments) => CliProgram.RunAsync(Environment(), input, arguments);

    public Task<CliAnswer> RunOnTerminalAsync((string Name, string Value)[] more, params string[] arguments) =>
        CliProgram.RunOnTerminalAsync([.. Environment(), ("TERM", "xterm-256color"), .. more], arguments);

    public Task<CliAnswer> RunOnTerminalUntilInterruptedAsync(params string[] arguments) =>
        CliProgram.RunOnTerminalUntilInterruptedAsync([.. Environment(), ("TERM", "xterm-256color")], arguments);

    public (string Name, string Value)[] Environment(string? key = null) => [("BUDGETPROXY_URL", proxy.BaseAddress.AbsoluteUri), ("BUDGETPROXY_ADMIN_KEY", key ?? TestProxy.AdminKey)];

    /// <summary>An admin key of a role.</summary>
    public async Task<string> KeyOfAsync(string role) =>
        (await proxy.SendAsync(HttpMethod.Post, "admin-keys", $$"""{"name":"{{role}}","role":"{{role}}"}""")).GetProperty("key").GetString()!;

    /// <summary>A call that is booked.</summary>
    public async Task CallAsync(string key, string tenant, string user = "alice", int booked = 1)
    {
        using var client = proxy.Client(key);
        using var answer = await client.PostAsync(
            "openai/v1/chat/completions",
            TestProxy.Json($$"""{"model":"gpt-4o-mini","max_tokens":20,"user":"{{user}}","messages":[{"role":"user","content":"Say hello to the command line."}]}"""));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await Poll.UntilAsync(async () => (await proxy.LedgerAsync(tenant)).Count >= booked, TimeSpan.FromSeconds(20), "the call is booked");
    }

    public ValueTask DisposeAsync() => proxy.DisposeAsync();
}
