using System.Net;
using BudgetProxy.Alerts;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Tests.Distributed.Postgres;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.AspNetCore.Http;

namespace BudgetProxy.Tests.Alerts;

/// <summary>Receivers that fail in every way, on real sockets.</summary>
public sealed class AlertDispatcherTests
{
    private const string Secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";

    [Fact]
    public async Task One_that_fails_is_told_the_same_again_after_growing_pauses_and_given_up_after_three_days()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (context, _) => Status(context, 500);
        await using var scene = new DispatchScene();
        await scene.StartAsync();
        await scene.PutAsync("bad", receiver.Url, Secret);
        var alert = await scene.RaiseAsync();
        var begun = scene.Clock.Now;
        TimeSpan[] pauses =
        [
            TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
            TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
        ];
        for (var i = 0; i < pauses.Length; i++)
        {
            var waiting = Assert.Single(await scene.WhenAsync(all => all[0].Attempts.Count == i + 1 && all[0].NextAt > scene.Clock.Now, $"attempt {i + 1} failed"));
            Assert.Equal((DeliveryState.Pending, 500), (waiting.State, waiting.Attempts[^1].Status));
            Assert.InRange(waiting.NextAt - scene.Clock.Now, pauses[i] * 0.8, pauses[i] * 1.2);
            scene.Clock.Now = waiting.NextAt;
        }

        var ended = Assert.Single(await scene.WhenAsync(all => all[0].State == DeliveryState.Failed, "it is given up"));
        Assert.Equal(12, ended.Attempts.Count);
        Assert.InRange(scene.Clock.Now - begun, TimeSpan.FromHours(60), TimeSpan.FromHours(91));
        var told = receiver.Received.ToList();
        Assert.Equal(12, told.Count);
        Assert.All(told, one => Assert.Equal((alert.PublicId, alert.Body), (one.Id, System.Text.Encoding.UTF8.GetString(one.Body))));
        Assert.All(told, one => Assert.True(one.HasSignatureOf(Secret)));
        Assert.Equal(12, told.Select(one => one.Headers["webhook-timestamp"]).Distinct().Count());

        // An admin who has mended the receiver has it told once more.
        receiver.Answer = (context, _) => Status(context, 200);
        Assert.True(await scene.Store.RetryAsync(ended.Id, scene.Clock.Now, default));
        var delivered = Assert.Single(await scene.WhenAsync(all => all[0].State == DeliveryState.Delivered, "it is delivered"));
        Assert.Null(Assert.Single(delivered.Attempts).Error);
    }

    [Fact]
    public async Task A_receiver_that_asks_for_time_gets_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var scene = new DispatchScene();
        var asked = "7200";
        receiver.Answer = (context, _) =>
        {
            context.Response.Headers.RetryAfter = asked;
            return Status(context, 429);
        };
        await scene.StartAsync();
        await scene.PutAsync("busy", receiver.Url);
        await scene.RaiseAsync();
        var waiting = Assert.Single(await scene.WhenAsync(all => all[0].Attempts.Count == 1, "it was tried"));
        Assert.Equal(TimeSpan.FromHours(2), waiting.NextAt - scene.Clock.Now);
        asked = "9999999999";
        scene.Clock.Now = waiting.NextAt;
        waiting = Assert.Single(await scene.WhenAsync(all => all[0].Attempts.Count == 2, "it was tried again"));
        Assert.InRange(waiting.NextAt - scene.Clock.Now, TimeSpan.FromSeconds(20), TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task Gone_turns_a_webhook_off_and_what_waits_for_it_waits()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (context, _) => Status(context, 410);
        await using var scene = new DispatchScene();
        await scene.PutAsync("gone", receiver.Url);
        for (var i = 0; i < 10; i++)
            await scene.RaiseAsync();
        await scene.StartAsync();
        await scene.WhenAsync(all => all.Any(one => one.State == DeliveryState.Failed), "it is gone");
        await Poll.UntilAsync(async () => !(await scene.Store.WebhooksAsync(default))[0].Enabled, TimeSpan.FromSeconds(20), "it is off");
        Assert.Contains("410", (await scene.Store.WebhooksAsync(default))[0].DisabledBecause, StringComparison.Ordinal);
        await scene.RaiseAsync();
        Assert.Equal(10, (await scene.DeliveriesAsync()).Count);
        receiver.Answer = (context, _) => Status(context, 204);
        await scene.PutAsync("gone", receiver.Url);
        var all = await scene.WhenAsync(all => all.All(one => one.State != DeliveryState.Pending), "what waited is told");
        Assert.Contains(all, one => one.State == DeliveryState.Delivered);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using var elsewhere = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            receiver.Answer = (context, _) =>
            {
                context.Response.Headers.Location = elsewhere.Url;
                return Status(context, status);
            };
            await using var scene = new DispatchScene();
            await scene.StartAsync();
            await scene.PutAsync("moved", receiver.Url);
            await scene.RaiseAsync();
            var tried = Assert.Single(await scene.WhenAsync(all => all[0].Attempts.Count == 1, "it was tried"));
            Assert.Contains("redirects are not followed", tried.Attempts[0].Error, StringComparison.Ordinal);
        }

        Assert.Empty(elsewhere.Received);
    }

    [Fact]
    public async Task A_dead_receiver_and_one_that_hangs_hold_up_no_other()
    {
        var release = new TaskCompletionSource();
        await using var hanging = await WebhookReceiver.StartAsync();
        hanging.Answer = async (context, _) => await Task.WhenAny(release.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var good = await WebhookReceiver.StartAsync();
        await using var scene = new DispatchScene();
        await scene.PutAsync("dead", $"http://127.0.0.1:{FreePort.Next()}/");
        await scene.PutAsync("good", good.Url);
        await scene.PutAsync("hanging", hanging.Url);
        await scene.PutAsync("nonsense", "http://no-such-host.invalid/");
        for (var i = 0; i < 30; i++)
            await scene.RaiseAsync();
        await scene.StartAsync();
        await scene.WhenAsync(all => all.All(one => one.State == DeliveryState.Delivered), "all are told to the good one", "good");
        await scene.WhenAsync(all => all.All(one => one.Attempts.Count == 1 && one.Attempts[0] is { Status: null, Error.Length: > 0 }), "the dead one was tried", "dead");
        await scene.WhenAsync(all => all.All(one => one.Attempts.Count == 1 && one.Attempts[0].Status is null), "the name was looked up", "nonsense");
        Assert.Equal(AlertDispatcher.MostAtOnce, hanging.Received.Count);
        Assert.All(await scene.DeliveriesAsync("hanging"), one => Assert.Equal(DeliveryState.Pending, one.State));
        release.SetResult();
    }

    [Fact]
    public async Task What_a_dead_proxy_had_taken_is_told_by_the_next_once_its_lease_has_ended()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var scene = new DispatchScene();
        await scene.PutAsync("ops", receiver.Url);
        var (lost, waiting) = (await scene.RaiseAsync(), await scene.RaiseAsync());
        var dead = Guid.CreateVersion7(scene.Clock.Now);
        Assert.Single(await scene.Store.ClaimAsync("ops", 1, dead, scene.Clock.Now, scene.Clock.Now.AddSeconds(30), default));
        await scene.StartAsync();
        await receiver.WaitAsync(1);
        scene.Clock.Advance(TimeSpan.FromSeconds(31));
        var told = await receiver.WaitAsync(2);
        Assert.Equal(new[] { lost.PublicId, waiting.PublicId }.Order(), told.Select(one => one.Id).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_several_proxies_one_makes_each_delivery(bool postgres)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var data = postgres ? await TestDatabase.CreateAsync() : null;
        await using var scene = new DispatchScene(data is null ? null : new PostgresAlertStore(data.Database));
        await scene.PutAsync("ops", receiver.Url);
        for (var i = 0; i < 60; i++)
            await scene.RaiseAsync();
        for (var i = 0; i < 3; i++)
            await scene.StartAsync();
        for (var i = 0; i < 20; i++)
            await scene.RaiseAsync();
        await scene.WhenAsync(all => all.Count == 80 && all.All(one => one.State == DeliveryState.Delivered), "all are told");
        Assert.Equal(80, receiver.Received.Count);
        Assert.Equal(80, receiver.Received.Select(one => one.Id).Distinct().Count());
    }

    [Fact]
    public async Task After_a_change_of_secret_both_sign_until_the_old_one_ends()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var scene = new DispatchScene();
        await scene.StartAsync();
        var next = WebhookSecret.New();
        var webhook = new Webhook
        {
            Name = "ops", Url = receiver.Url, Secret = next, OldSecret = Secret, OldUntil = scene.Clock.Now.AddHours(24), CreatedAt = scene.Clock.Now,
        };
        Assert.True(await scene.Store.SaveAsync(webhook, default));
        await scene.RaiseAsync();
        var both = Assert.Single(await receiver.WaitAsync(1));
        Assert.True(both.HasSignatureOf(Secret) && both.HasSignatureOf(next));
        scene.Clock.Advance(TimeSpan.FromHours(24));
        await scene.RaiseAsync();
        var one = (await receiver.WaitAsync(2))[1];
        Assert.True(one.HasSignatureOf(next));
        Assert.False(one.HasSignatureOf(Secret));
    }

    [Fact]
    public void A_signature_is_that_of_the_specification()
    {
        // The secret, message and signature that the reference libraries of Standard Webhooks test with.
        const string Body = """{"test": 2432232314}""";
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSecret.Sign(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Body));
    }

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("169.254.0.1", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("64:ff9b::a9fe:a9fe", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("100.100.100.200", true)]
    [InlineData("168.63.129.16", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("93.184.216.34", false)]
    [InlineData("2606:2800:220:1::", false)]
    public void Only_link_local_and_metadata_addresses_are_forbidden(string address, bool forbidden) =>
        Assert.Equal(forbidden, AddressGuard.IsForbidden(IPAddress.Parse(address)));

    [Fact]
    public async Task A_forbidden_address_is_not_connected_to_whoever_wrote_it_down()
    {
        await using var scene = new DispatchScene();
        await scene.StartAsync();
        await scene.PutAsync("metadata", "http://169.254.169.254/latest/meta-data/");
        await scene.RaiseAsync();
        var tried = Assert.Single(await scene.WhenAsync(all => all[0].Attempts.Count == 1, "it was tried"));
        Assert.Contains("link-local or metadata", tried.Attempts[0].Error, StringComparison.Ordinal);
    }

    private static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
