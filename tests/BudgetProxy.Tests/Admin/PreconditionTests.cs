using System.Net;

namespace BudgetProxy.Tests.Admin;

/// <summary>Two admins don't overwrite each other unseen.</summary>
public sealed class PreconditionTests
{
    private static readonly (string Path, string Json, string Other)[] Things =
    [
        ("/plans/pro", """{"maxCallUsd":"1"}""", """{"maxCallUsd":"2"}"""),
        ("/tenants/acme", """{"name":"A"}""", """{"name":"B"}"""),
        ("/tenants/acme/budgets/b", """{"limit":{"usd":"1"},"window":"day"}""", """{"limit":{"usd":"2"},"window":"day"}"""),
    ];

    [Fact]
    public async Task A_put_or_delete_with_an_old_tag_is_412_and_changes_nothing()
    {
        await using var host = await AdminHost.StartAsync();
        foreach (var (path, json, other) in Things)
        {
            var first = (await host.PutAsync(path, json)).Is(HttpStatusCode.OK);
            Assert.Matches("^\"[A-Za-z0-9_-]{10,}\"$", first.ETag!);
            Assert.Equal(first.ETag, (await host.GetAsync(path)).ETag);
            var second = (await IfAsync(host, "PUT", path, other, "If-Match", first.ETag!)).Is(HttpStatusCode.OK);
            Assert.NotEqual(first.ETag, second.ETag);
            foreach (var method in new[] { "PUT", "PATCH", "DELETE" })
            {
                var body = method == "DELETE" ? null : json;
                if (method != "PATCH" || !path.StartsWith("/plans", StringComparison.Ordinal))
                    (await IfAsync(host, method, path, body, "If-Match", first.ETag!)).Is(HttpStatusCode.PreconditionFailed);
            }

            Assert.Equal(second, await host.GetAsync(path));
            (await IfAsync(host, "PUT", path, json, "If-Match", $"{first.ETag}, {second.ETag}")).Is(HttpStatusCode.OK);
            // The same state has the same tag.
            Assert.Equal(first.ETag, (await host.GetAsync(path)).ETag);
            (await IfAsync(host, "PUT", path, other, "If-Match", "*")).Is(HttpStatusCode.OK);
            (await IfAsync(host, "PUT", path, other, "If-Match", "W/" + second.ETag)).Is(HttpStatusCode.PreconditionFailed);
        }
    }

    [Fact]
    public async Task Only_what_is_not_there_is_made_with_if_none_match_and_only_what_is_there_replaced_with_if_match()
    {
        await using var host = await AdminHost.StartAsync();
        foreach (var (path, json, other) in Things)
        {
            (await IfAsync(host, "PUT", path, json, "If-Match", "*")).Is(HttpStatusCode.PreconditionFailed);
            (await host.GetAsync(path)).Is(HttpStatusCode.NotFound);
            (await IfAsync(host, "PUT", path, json, "If-None-Match", "*")).Is(HttpStatusCode.OK);
            (await IfAsync(host, "PUT", path, other, "If-None-Match", "*")).Is(HttpStatusCode.PreconditionFailed);
        }
    }

    [Theory]
    [InlineData("If-Match", "abc")]
    [InlineData("If-Match", "")]
    [InlineData("If-Match", "\"a\" \"b\"")]
    [InlineData("If-None-Match", "\"a\"")]
    public async Task A_header_that_can_not_be_held_to_is_refused(string name, string value)
    {
        await using var host = await AdminHost.StartAsync();
        Assert.NotEmpty((await IfAsync(host, "PUT", "/tenants/acme", "{}", name, value)).ErrorOf(name));
        (await host.GetAsync("/tenants/acme")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_top_up_and_a_key_are_held_to_it_too()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        var old = (await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"1"},"window":"day"}""")).ETag!;
        var present = (await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"2"},"window":"day"}""")).ETag!;
        (await IfAsync(host, "POST", "/tenants/acme/budgets/b/topup", """{"usd":"1"}""", "If-Match", old)).Is(HttpStatusCode.PreconditionFailed);
        // Counters and top-ups are no part of a definition.
        Assert.Equal(present, (await IfAsync(host, "POST", "/tenants/acme/budgets/b/topup", """{"usd":"1"}""", "If-Match", present)).Is(HttpStatusCode.OK).ETag);
        var key = (await host.PostAsync("/tenants/acme/keys", """{"name":"k"}""")).Is(HttpStatusCode.Created);
        var path = $"/tenants/acme/keys/{key.Json.GetProperty("id").GetString()}";
        Assert.Equal(key.ETag, (await host.GetAsync(path)).ETag);
        var changed = (await IfAsync(host, "PATCH", path, """{"user":"ann"}""", "If-Match", key.ETag!)).Is(HttpStatusCode.OK);
        (await IfAsync(host, "POST", path + "/rotate", null, "If-Match", key.ETag!)).Is(HttpStatusCode.PreconditionFailed);
        (await IfAsync(host, "DELETE", path, null, "If-Match", key.ETag!)).Is(HttpStatusCode.PreconditionFailed);
        Assert.Equal(HttpStatusCode.NoContent, (await IfAsync(host, "DELETE", path, null, "If-Match", changed.ETag!)).Status);
    }

    [Fact]
    public async Task Patches_of_many_at_once_lose_none_of_each_others_fields()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        string[] patches = ["""{"name":"A"}""", """{"timezone":"Asia/Tokyo"}""", """{"maxCallUsd":"2"}""", """{"markupPercent":5}""", """{"allowedModels":["gpt*"]}""", """{"suspended":true}"""];
        await Task.WhenAll(patches.Select(async patch => (await host.SendAsync("PATCH", "/tenants/acme", patch, AdminHost.AdminKey)).Is(HttpStatusCode.OK)));
        Assert.Equal(
            """{"id":"acme","name":"A","plan":null,"timezone":"Asia/Tokyo","stripeCustomerId":null,"markupPercent":5,"allowedModels":["gpt*"],"maxCallUsd":"2.00","suspended":true}""",
            (await host.GetAsync("/tenants/acme")).Body);
    }

    [Fact]
    public async Task A_patch_takes_away_what_it_says_is_null_and_names_a_wrong_field()
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", """{"name":"A","timezone":"Asia/Tokyo"}""");
        await host.PutAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"1"},"window":"day","match":{"model":"gpt*","user":"ann"}}""");
        Assert.Equal("A", (await PatchAsync("/tenants/acme", """{"timezone":null}""", "application/merge-patch+json")).Json.GetProperty("name").GetString());
        var budget = (await PatchAsync("/tenants/acme/budgets/b", """{"limit":{"usd":null,"requests":3},"match":{"user":null}}""")).Json;
        Assert.Equal(("""{"requests":3}""", """{"model":"gpt*"}"""), (budget.GetProperty("limit").GetRawText(), budget.GetProperty("match").GetRawText()));
        Assert.NotEmpty((await PatchAsync("/tenants/acme/budgets/b", """{"limit":{"usd":"2"}}""")).ErrorOf("limit"));
        Assert.NotEmpty((await PatchAsync("/tenants/acme", """{"colour":"red"}""")).ErrorOf("colour"));
        Assert.NotEmpty((await PatchAsync("/tenants/acme", """{"plan":"none"}""")).ErrorOf("plan"));
        (await PatchAsync("/tenants/ghost", "{}")).Is(HttpStatusCode.NotFound);
        (await PatchAsync("/tenants/acme/budgets/ghost", "{}")).Is(HttpStatusCode.NotFound);

        Task<AdminHost.Answer> PatchAsync(string path, string json, string type = "application/json") => host.SendAsync("PATCH", path, json, AdminHost.AdminKey, type);
    }

    private static Task<AdminHost.Answer> IfAsync(AdminHost host, string method, string path, string? json, string header, string value) =>
        host.SendAsync(method, path, json, AdminHost.AdminKey, header: (header, value));
}
