using System.Net;
using System.Text.Json;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.Admin;

public sealed class KeysApiTests
{
    [Fact]
    public async Task A_key_is_shown_once_and_found_by_its_hash()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        var made = (await host.PostAsync(
            "/tenants/acme/keys",
            """{"name":"ci","user":"bot","project":"web","allowedModels":["gpt-4o*"],"expiresAt":"2099-01-02T03:04:05.678+01:00"}""")).Is(HttpStatusCode.Created).Json;
        var secret = made.GetProperty("key").GetString()!;
        Assert.Matches("^bp_[0-9A-Za-z]{49}$", secret);
        Assert.StartsWith(made.GetProperty("prefix").GetString()!, secret, StringComparison.Ordinal);

        var shown = (await host.GetAsync("/tenants/acme/keys")).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(secret, shown.Body, StringComparison.Ordinal);
        var item = Assert.Single(shown.Json.GetProperty("items").EnumerateArray());
        Assert.False(item.TryGetProperty("key", out _));
        Assert.Equal("2099-01-02T02:04:05.678Z", item.GetProperty("expiresAt").GetString());
        Assert.Equal("bot", item.GetProperty("user").GetString());

        Assert.True(host.Directory.Current.TryFind(KeyHash.Of(secret).ToArray(), out var key, out var tenant));
        Assert.Equal(made.GetProperty("id").GetString(), key.Id);
        Assert.Equal("acme", tenant.Id);
        Assert.Equal(["gpt-4o*"], key.AllowedModels);
    }

    [Fact]
    public async Task A_deleted_key_stops_at_once_and_is_listed_only_on_demand()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        var made = (await host.PostAsync("/tenants/acme/keys", """{"name":"ci"}""")).Json;
        var path = "/tenants/acme/keys/" + made.GetProperty("id").GetString();

        Assert.Equal(HttpStatusCode.NoContent, (await host.DeleteAsync(path)).Status);
        (await host.DeleteAsync(path)).Is(HttpStatusCode.NotFound);
        Assert.True(host.Directory.Current.TryFind(KeyHash.Of(made.GetProperty("key").GetString()), out var key, out _));
        Assert.True(key.Revoked);
        Assert.Empty((await host.GetAsync("/tenants/acme/keys")).Json.GetProperty("items").EnumerateArray());
        var item = Assert.Single((await host.GetAsync("/tenants/acme/keys?revoked=true")).Json.GetProperty("items").EnumerateArray());
        Assert.True(item.GetProperty("revoked").GetBoolean());
    }

    [Fact]
    public async Task A_key_is_out_of_reach_through_another_tenant()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/a", "{}");
        await host.PutAsync("/tenants/b", "{}");
        var made = (await host.PostAsync("/tenants/a/keys", """{"name":"ci"}""")).Json;
        (await host.DeleteAsync("/tenants/b/keys/" + made.GetProperty("id").GetString())).Is(HttpStatusCode.NotFound);
        Assert.True(host.Directory.Current.TryFind(KeyHash.Of(made.GetProperty("key").GetString()), out var key, out _));
        Assert.False(key.Revoked);
        Assert.Empty((await host.GetAsync("/tenants/b/keys")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_name_is_required_and_control_characters_are_refused()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        var answer = await host.PostAsync("/tenants/acme/keys", """{"user":"a\u0000b","project":"","expiresAt":"tomorrow"}""");
        Assert.Contains("required", answer.ErrorOf("name"), StringComparison.Ordinal);
        Assert.Contains("control", answer.ErrorOf("user"), StringComparison.Ordinal);
        Assert.Contains("empty", answer.ErrorOf("project"), StringComparison.Ordinal);
        Assert.Contains("RFC 3339", answer.ErrorOf("expiresAt"), StringComparison.Ordinal);
        (await host.PostAsync("/tenants/ghost/keys", """{"name":"k"}""")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keys_are_listed_with_null_for_what_is_not_pinned()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        var made = (await host.PostAsync("/tenants/acme/keys", """{"name":"ci"}""")).Json;
        Assert.Equal(JsonValueKind.Null, made.GetProperty("user").ValueKind);
        Assert.Equal(JsonValueKind.Null, made.GetProperty("expiresAt").ValueKind);
    }
}
