using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;
using static BudgetProxy.Tests.Alerts.AlertScene;

namespace BudgetProxy.Tests.Alerts;

/// <summary>Webhooks through the admin API of a running proxy.</summary>
public sealed class WebhooksApiTests
{
    [Fact]
    public async Task A_secret_is_shown_when_it_is_made_and_never_again()
    {
        await using var proxy = await TestProxy.StartAsync();
        var secret = await PutWebhookAsync(proxy.Admin, "ops", "https://hooks.example.com/T1/abc", ""","events":["store.outage"],"tenants":["acme"],"enabled":false""");
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.Equal(32, Convert.FromBase64String(secret["whsec_".Length..]).Length);
        Assert.Equal("", await PutWebhookAsync(proxy.Admin, "ops", "https://hooks.example.com/T1/abc"));
        var shown = await proxy.Admin.GetFromJsonAsync<JsonElement>("alerts/webhooks/ops");
        Assert.False(shown.TryGetProperty("secret", out _));
        Assert.Equal(("https://hooks.example.com/T1/abc", true, 0), (shown.GetProperty("url").GetString(), shown.GetProperty("enabled").GetBoolean(), shown.GetProperty("events").GetArrayLength()));
        var renewed = await proxy.SendAsync(HttpMethod.Post, "alerts/webhooks/ops/secret", "{}");
        Assert.NotEqual(secret, renewed.GetProperty("secret").GetString());
        Assert.True(renewed.TryGetProperty("oldSecretUntil", out _));
        Assert.Equal(1, (await proxy.Admin.GetFromJsonAsync<JsonElement>("alerts/webhooks")).GetProperty("items").GetArrayLength());
        var audit = await proxy.Admin.GetStringAsync("audit");
        Assert.DoesNotContain("whsec_", audit, StringComparison.Ordinal);
        Assert.DoesNotContain("T1/abc", audit, StringComparison.Ordinal);
        var changes = JsonElement.Parse(audit).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["webhook.put", "webhook.put", "webhook.put"], changes.Select(one => one.GetProperty("action").GetString()));
        Assert.All(changes, one => Assert.Equal("webhooks/ops", one.GetProperty("target").GetString()));
        string? Fingerprint(int index, string when) => changes[index].GetProperty(when).GetProperty("fingerprint").GetString();
        Assert.NotEqual(Fingerprint(0, "before"), Fingerprint(0, "after"));
        Assert.Equal(Fingerprint(1, "before"), Fingerprint(1, "after"));
        using var deleted = await proxy.Admin.DeleteAsync("alerts/webhooks/ops");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var missing = await proxy.Admin.DeleteAsync("alerts/webhooks/ops");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Whoever_may_not_change_a_webhook_sees_no_more_of_its_url_than_the_host()
    {
        await using var proxy = await TestProxy.StartAsync();
        await PutWebhookAsync(proxy.Admin, "ops", "https://hooks.example.com/T1/canary?token=canary");
        var key = (await proxy.SendAsync(HttpMethod.Post, "admin-keys", """{"name":"v","role":"viewer"}""")).GetProperty("key").GetString()!;
        using var viewer = new HttpClient { BaseAddress = proxy.Admin.BaseAddress };
        viewer.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Assert.DoesNotContain("canary", await viewer.GetStringAsync("alerts/webhooks"), StringComparison.Ordinal);
        Assert.Contains("https://hooks.example.com/", await viewer.GetStringAsync("alerts/webhooks/ops"), StringComparison.Ordinal);
        foreach (var (method, path) in new[] { ("PUT", "ops"), ("DELETE", "ops"), ("POST", "ops/test"), ("POST", "ops/secret") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"alerts/webhooks/{path}") { Content = TestProxy.Json("""{"url":"http://x.test/"}""") };
            using var refused = await viewer.SendAsync(request);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }

    [Fact]
    public async Task A_wrong_definition_is_told_by_field_and_changes_nothing()
    {
        (string Name, string Body, string Field)[] wrong =
        [
            ("ops", "{}", "url"),
            ("ops", """{"url":"ftp://x.test/"}""", "url"),
            ("ops", """{"url":"/relative"}""", "url"),
            ("ops", """{"url":"http://user:pass@x.test/"}""", "url"),
            ("ops", """{"url":"http://x.test/#part"}""", "url"),
            ("ops", """{"url":"http://169.254.169.254/latest/meta-data/"}""", "url"),
            ("ops", """{"url":"http://2852039166/latest"}""", "url"),
            ("ops", """{"url":"http://0xA9.0xFE.0xA9.0xFE/"}""", "url"),
            ("ops", """{"url":"http://[::ffff:169.254.169.254]/"}""", "url"),
            ("ops", """{"url":"http://[fe80::1]/"}""", "url"),
            ("ops", """{"url":"http://x.test/","events":["budget.threshold","nonsense"]}""", "events[1]"),
            ("ops", """{"url":"http://x.test/","tenants":["Not An Id"]}""", "tenants[0]"),
            ("ops", """{"url":"http://x.test/","enabled":"yes"}""", "enabled"),
            ("ops", """{"url":"http://x.test/","secret":"whsec_x"}""", "secret"),
            ("Not%20A%20Name", """{"url":"http://x.test/"}""", "name"),
            ("@smtp", """{"url":"http://x.test/"}""", "name"),
        ];
        await using var proxy = await TestProxy.StartAsync();
        foreach (var (name, body, field) in wrong)
        {
            using var response = await proxy.Admin.PutAsync($"alerts/webhooks/{name}", TestProxy.Json(body));
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, body);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
        }

        Assert.Empty(await ListAsync(proxy.Admin, "alerts/webhooks"));
    }

    [Fact]
    public async Task The_test_button_says_what_came_of_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var proxy = await TestProxy.StartAsync();
        var secret = await PutWebhookAsync(proxy.Admin, "ops", receiver.Url, ""","enabled":false""");
        var good = await proxy.SendAsync(HttpMethod.Post, "alerts/webhooks/ops/test", "");
        Assert.Equal((true, 204, JsonValueKind.Null), (good.GetProperty("delivered").GetBoolean(), good.GetProperty("status").GetInt32(), good.GetProperty("error").ValueKind));
        var received = Assert.Single(receiver.Received);
        Assert.Equal("webhook.test", received.Type);
        Assert.True(received.IsSignedWith(secret));
        receiver.Answer = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return context.Response.WriteAsync("canary");
        };
        var bad = await proxy.SendAsync(HttpMethod.Post, "alerts/webhooks/ops/test", "");
        Assert.Equal((false, 418), (bad.GetProperty("delivered").GetBoolean(), bad.GetProperty("status").GetInt32()));
        Assert.DoesNotContain("canary", bad.ToString(), StringComparison.Ordinal);
        await PutWebhookAsync(proxy.Admin, "ops", $"http://127.0.0.1:{FreePort.Next()}/");
        var dead = await proxy.SendAsync(HttpMethod.Post, "alerts/webhooks/ops/test", "");
        Assert.Equal((false, JsonValueKind.Null), (dead.GetProperty("delivered").GetBoolean(), dead.GetProperty("status").ValueKind));
        Assert.NotEmpty(dead.GetProperty("error").GetString()!);
        using var missing = await proxy.Admin.PostAsync("alerts/webhooks/none/test", null);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Empty(await ListAsync(proxy.Admin, "alerts"));
    }

    [Fact]
    public async Task A_wrong_question_is_told_by_parameter()
    {
        (string Path, string Parameter)[] wrong =
        [
            ("alerts?kind=nonsense", "kind"),
            ("alerts?limit=0", "limit"),
            ("alerts?limit=x", "limit"),
            ("alerts?after=x", "after"),
            ("alerts?tenants=acme", "tenants"),
            ("alerts/deliveries?state=lost", "state"),
            ("alerts/deliveries?after=alrt_01", "after"),
        ];
        await using var proxy = await TestProxy.StartAsync();
        foreach (var (path, parameter) in wrong)
        {
            using var response = await proxy.Admin.GetAsync(path);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(parameter, out _), path);
        }
    }
}
