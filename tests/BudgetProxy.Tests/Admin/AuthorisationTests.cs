using System.Net.Sockets;
using System.Net;
using System.Text;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Admin;

/// <summary>Every call of the admin API with every kind of key.</summary>
public sealed class AuthorisationTests
{
    private static readonly (string Method, string Path, string? Body)[] Reads =
    [
        ("GET", "/tenants", null),
        ("GET", "/tenants/acme", null),
        ("GET", "/tenants/acme/keys", null),
        ("GET", "/tenants/acme/budgets", null),
        ("GET", "/tenants/acme/budgets/monthly", null),
        ("GET", "/usage", null),
        ("GET", "/usage?format=csv", null),
        ("GET", "/ledger", null),
        ("GET", "/ledger?format=csv", null),
        ("GET", "/rates", null),
        ("GET", "/admin-keys", null),
        ("POST", "/estimate", """{"models":["gpt-4o-mini"],"inputTokens":1}"""),
    ];

    private static readonly (string Method, string Path, string? Body)[] Writes =
    [
        ("PUT", "/tenants/acme", "{}"),
        ("POST", "/tenants/acme/keys", """{"name":"k"}"""),
        ("PUT", "/tenants/acme/budgets/monthly", """{"limit":{"usd":"1"},"window":"month"}"""),
        ("POST", "/admin-keys", """{"name":"k","role":"viewer"}"""),
        ("DELETE", "/tenants/acme/keys/{key}", null),
        ("DELETE", "/admin-keys/{adminKey}", null),
        ("DELETE", "/tenants/acme/budgets/monthly", null),
        ("DELETE", "/tenants/acme", null),
    ];

    [Fact]
    public async Task Without_an_admin_key_every_call_is_401_and_changes_nothing()
    {
        await using var host = await AdminHost.StartAsync();
        var (virtualKey, _, fill) = await PrepareAsync(host);
        var before = await host.GetAsync("/tenants/acme");
        string?[] wrong = [null, "", "wrong-admin-key-000", virtualKey, AdminHost.AdminKey + "x", AdminHost.AdminKey[..^1], new string('x', 5000)];
        foreach (var key in wrong)
        {
            foreach (var (method, path, body) in Reads.Concat(Writes).Append(("GET", "/no-such-call", null)))
                (await host.SendAsync(method, fill(path), body, key)).Is(HttpStatusCode.Unauthorized);
        }

        Assert.Equal(before, await host.GetAsync("/tenants/acme"));
    }

    [Theory]
    [InlineData("viewer", false)]
    [InlineData("finance", false)]
    [InlineData("admin", true)]
    public async Task Every_role_reads_and_only_admin_writes(string role, bool writes)
    {
        await using var host = await AdminHost.StartAsync();
        var (_, _, fill) = await PrepareAsync(host);
        var key = (await host.PostAsync("/admin-keys", $$"""{"name":"k","role":"{{role}}"}""")).Is(HttpStatusCode.Created).Json.GetProperty("key").GetString();
        foreach (var (method, path, body) in Reads)
            (await host.SendAsync(method, fill(path), body, key)).Is(HttpStatusCode.OK);
        foreach (var (method, path, body) in Writes)
        {
            var answer = await host.SendAsync(method, fill(path), body, key);
            if (writes)
                Assert.True((int)answer.Status is >= 200 and < 300, $"{method} {path}: {answer.Body}");
            else
                answer.Is(HttpStatusCode.Forbidden);
        }
    }

    [Fact]
    public async Task A_refused_stranger_learns_nothing_before_the_key_is_checked()
    {
        await using var host = await AdminHost.StartAsync();
        (await host.SendAsync("PUT", "/tenants/acme", "not json", null)).Is(HttpStatusCode.Unauthorized);
        (await host.SendAsync("PUT", "/tenants/acme", "x", null, "text/plain")).Is(HttpStatusCode.Unauthorized);
        (await host.SendAsync("GET", "/tenants?limit=abc", null, null)).Is(HttpStatusCode.Unauthorized);
        var none = await host.SendAsync("GET", "/tenants/acme", null, null);
        Assert.Equal(none, await host.SendAsync("GET", "/tenants/acme", null, "wrong"));
    }

    [Theory]
    [InlineData("Authorization: Basic {0}")]
    [InlineData("Authorization: {0}")]
    [InlineData("X-Api-Key: {0}")]
    [InlineData("Authorization: Bearer {0}\r\nAuthorization: Bearer {0}")]
    public async Task Only_one_bearer_header_counts(string header)
    {
        await using var host = await AdminHost.StartAsync();
        using var socket = new TcpClient(host.Address.Host, host.Address.Port);
        var lines = string.Format(System.Globalization.CultureInfo.InvariantCulture, header, AdminHost.AdminKey);
        await socket.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET /admin/v1/tenants HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n\r\n"), TestContext.Current.CancellationToken);
        var answer = await new StreamReader(socket.GetStream()).ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate: Bearer", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_removed_admin_key_stops_at_once_and_the_last_one_stays()
    {
        using var folder = new TempFolder();
        var data = folder.Path;
        await using var host = await AdminHost.StartAsync(data, configuredKey: null);
        var first = host.FirstKey!.Value.Text;
        var firstId = (await host.GetAsync("/admin-keys", first)).Json.GetProperty("items")[0].GetProperty("id").GetString();
        (await host.DeleteAsync($"/admin-keys/{firstId}", first)).Is(HttpStatusCode.Conflict);

        var second = (await host.PostAsync("/admin-keys", """{"name":"two","role":"admin"}""", first)).Json.GetProperty("key").GetString();
        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync($"/admin-keys/{firstId}", second)).Status);
        (await host.GetAsync("/tenants", first)).Is(HttpStatusCode.Unauthorized);
        (await host.GetAsync("/tenants", second)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_configured_key_can_be_taken_out_only_of_the_configuration()
    {
        await using var host = await AdminHost.StartAsync();
        (await host.DeleteAsync("/admin-keys/configured")).Is(HttpStatusCode.Conflict);
        (await host.DeleteAsync("/admin-keys/adk_none")).Is(HttpStatusCode.NotFound);
        Assert.DoesNotContain(AdminHost.AdminKey, (await host.GetAsync("/admin-keys")).Body, StringComparison.Ordinal);
    }

    private static async Task<(string VirtualKey, string AdminKeyId, Func<string, string> Fill)> PrepareAsync(AdminHost host)
    {
        await host.PutAsync("/tenants/acme", "{}");
        var key = (await host.PostAsync("/tenants/acme/keys", """{"name":"k"}""")).Json;
        await host.PutAsync("/tenants/acme/budgets/monthly", """{"limit":{"usd":"1"},"window":"month"}""");
        var adminKey = (await host.PostAsync("/admin-keys", """{"name":"v","role":"viewer"}""")).Json.GetProperty("id").GetString()!;
        return (key.GetProperty("key").GetString()!, adminKey, path => path
            .Replace("{key}", key.GetProperty("id").GetString(), StringComparison.Ordinal)
            .Replace("{adminKey}", adminKey, StringComparison.Ordinal));
    }
}
