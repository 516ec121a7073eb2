using System.Net;
using System.Text.Json;
using BudgetProxy.Tests.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Admin;

/// <summary>Keys that end, and keys that follow others.</summary>
public sealed class KeyRotationTests
{
    [Fact]
    public async Task Both_keys_serve_during_the_overlap_and_the_old_one_ends_with_it()
    {
        await using var proxy = await TestProxy.StartAsync();
        var old = await proxy.CreateTenantAsync("acme", key: """{"name":"main","user":"ann","project":"p","allowedModels":["gpt-4o-mini"]}""");
        var id = await OnlyKeyAsync(proxy);
        var made = await proxy.SendAsync(HttpMethod.Post, $"tenants/acme/keys/{id}/rotate", """{"expiresAt":"2999-01-01T00:00:00Z"}""");
        var fresh = made.GetProperty("key").GetString()!;
        Assert.Equal(
            (id, "main", "ann", "p", "2999-01-01T00:00:00.000Z"),
            (Text(made, "replaces"), Text(made, "name"), Text(made, "user"), Text(made, "project"), Text(made, "expiresAt")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, old));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, fresh));

        var next = await proxy.SendAsync(HttpMethod.Post, $"tenants/acme/keys/{Text(made, "id")}/rotate", """{"overlapSeconds":0}""");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(proxy, fresh));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, next.GetProperty("key").GetString()!));
        // The first one still has its own overlap of a day.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, old));
    }

    [Fact]
    public async Task An_expired_key_is_refused_in_the_providers_shape_and_stays_so()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme", key: """{"name":"main","expiresAt":"2020-01-01T00:00:00Z"}""");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(proxy, key));
        Assert.Equal(0, proxy.Provider.CallCount);
        var id = await OnlyKeyAsync(proxy);
        foreach (var patch in new[] { """{"expiresAt":null}""", """{"expiresAt":"2999-01-01T00:00:00Z"}""", """{"name":"x"}""" })
        {
            using var answer = await proxy.Admin.PatchAsync($"tenants/acme/keys/{id}", TestProxy.Json(patch));
            Assert.Equal((patch, HttpStatusCode.Conflict), (patch, answer.StatusCode));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(proxy, key));
    }

    [Fact]
    public async Task A_key_in_use_can_be_changed_and_given_another_end_that_is_still_to_come()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme", key: """{"name":"main","expiresAt":"2998-01-01T00:00:00Z"}""");
        var id = await OnlyKeyAsync(proxy);
        await proxy.SendAsync(HttpMethod.Patch, $"tenants/acme/keys/{id}", """{"expiresAt":"2999-01-01T00:00:00Z"}""");
        await proxy.SendAsync(HttpMethod.Patch, $"tenants/acme/keys/{id}", """{"allowedModels":["gpt-4o"]}""");
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(proxy, key));
        using var past = await proxy.Admin.PatchAsync($"tenants/acme/keys/{id}", TestProxy.Json("""{"allowedModels":null,"expiresAt":"2020-01-01T00:00:00Z"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, past.StatusCode);
        Assert.Contains("DELETE ends a key at once", await past.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await proxy.SendAsync(HttpMethod.Patch, $"tenants/acme/keys/{id}", """{"allowedModels":null,"expiresAt":null}""");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(proxy, key));
    }

    [Fact]
    public async Task A_key_that_is_over_can_not_be_rotated_or_changed_back_to_life()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        var key = $"/tenants/acme/keys/{(await host.PostAsync("/tenants/acme/keys", """{"name":"k"}""")).Json.GetProperty("id").GetString()}";
        (await host.PostAsync(key + "/rotate", """{"overlapSeconds":-1}""")).ErrorOf("overlapSeconds");
        (await host.PostAsync(key + "/rotate", """{"overlapSeconds":31622401}""")).ErrorOf("overlapSeconds");
        (await host.PostAsync(key + "/rotate", """{"expiresAt":"2020-01-01T00:00:00Z"}""")).ErrorOf("expiresAt");
        (await host.PostAsync(key + "/rotate", """{"name":"x"}""")).ErrorOf("name");
        await host.DeleteAsync(key);
        (await host.PostAsync(key + "/rotate", "{}")).Is(HttpStatusCode.Conflict);
        (await host.SendAsync("PATCH", key, """{"name":"x"}""", AdminHost.AdminKey)).Is(HttpStatusCode.Conflict);
        (await host.SendAsync("PATCH", key, """{"revoked":false}""", AdminHost.AdminKey)).ErrorOf("revoked");
        (await host.PostAsync("/tenants/acme/keys/key_none/rotate", "{}")).Is(HttpStatusCode.NotFound);
        (await host.PostAsync("/tenants/ghost/keys/key_none/rotate", "{}")).Is(HttpStatusCode.NotFound);
        Assert.Empty((await host.GetAsync("/tenants/acme/keys")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Keys_that_end_soon_are_listed_of_one_tenant_and_of_all()
    {
        await using var host = await AdminHost.StartAsync();
        foreach (var tenant in new[] { "acme", "other" })
        {
            await host.PutAsync($"/tenants/{tenant}", "{}");
            await host.PostAsync($"/tenants/{tenant}/keys", """{"name":"never"}""");
            await host.PostAsync($"/tenants/{tenant}/keys", """{"name":"soon","expiresAt":"2030-01-01T00:00:00Z"}""");
            await host.PostAsync($"/tenants/{tenant}/keys", """{"name":"late","expiresAt":"2031-01-01T00:00:00Z"}""");
        }

        Assert.Equal(["acme/soon"], await NamesAsync("/tenants/acme/keys?expiresBefore=2030-06-01"));
        Assert.Equal(["acme/soon", "other/soon"], await NamesAsync("/keys?expiresBefore=2030-06-01"));
        Assert.Equal(6, (await NamesAsync("/keys")).Count);

        async Task<List<string>> NamesAsync(string path) =>
            [.. (await host.GetAsync(path)).Is(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().Select(key => $"{Text(key, "tenant")}/{Text(key, "name")}")];
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static async Task<string> OnlyKeyAsync(TestProxy proxy) =>
        JsonElement.Parse(await proxy.Admin.GetStringAsync("tenants/acme/keys")).GetProperty("items").EnumerateArray().Single().GetProperty("id").GetString()!;

    private static async Task<HttpStatusCode> StatusAsync(TestProxy proxy, string key)
    {
        using var client = proxy.Client(key);
        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));
        return response.StatusCode;
    }
}
