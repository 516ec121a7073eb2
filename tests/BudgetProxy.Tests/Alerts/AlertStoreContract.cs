using BudgetProxy.Alerts;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;

namespace BudgetProxy.Tests.Alerts;

/// <summary>What both stores of alerts promise.</summary>
public abstract class AlertStoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid One = Guid.CreateVersion7(Noon);
    private static readonly Guid Two = Guid.CreateVersion7(Noon);

    [Fact]
    public async Task A_webhook_is_kept_as_it_was_given_until_it_is_deleted()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        var webhook = Hook("b") with
        {
            Events = [AlertKinds.BudgetThreshold],
            Tenants = ["acme", "umbrella"],
            Enabled = false,
            OldSecret = "whsec_b2xk",
            OldUntil = Noon.AddHours(1),
            DisabledBecause = "410",
        };
        Assert.True(await store.SaveAsync(webhook, default));
        Assert.True(await store.SaveAsync(Hook("a"), default));
        var found = await factory.Other.WebhooksAsync(default);
        Assert.Equal(["a", "b"], found.Select(one => one.Name));
        Assert.Equivalent(webhook, found[1], strict: true);
        // Replaced, it keeps its secrets.
        Assert.True(await store.SaveAsync(Hook("b") with { Url = "http://new.test/", Secret = "whsec_bmV3", CreatedAt = Noon.AddDays(1) }, default));
        var replaced = webhook with { Url = "http://new.test/", Events = [], Tenants = [], Enabled = true, DisabledBecause = null };
        Assert.Equivalent(replaced, (await store.WebhooksAsync(default))[1], strict: true);
        Assert.True(await store.RenewAsync("b", "whsec_bmV3", Noon.AddHours(9), default));
        Assert.Equivalent(
            replaced with { Secret = "whsec_bmV3", OldSecret = replaced.Secret, OldUntil = Noon.AddHours(9) }, (await store.WebhooksAsync(default))[1], strict: true);
        Assert.False(await store.RenewAsync("none", "whsec_bmV3", Noon, default));
        Assert.True(await store.RemoveAsync("b", default));
        Assert.False(await store.RemoveAsync("b", default));
        Assert.Equal("a", Assert.Single(await store.WebhooksAsync(default)).Name);
    }

    [Fact]
    public async Task There_is_an_end_to_the_number_of_webhooks_and_replacing_one_needs_no_room()
    {
        await using var factory = await CreateAsync();
        for (var i = 0; i < Webhook.Most; i++)
            Assert.True(await factory.Store.SaveAsync(Hook($"w{i}"), default));
        Assert.False(await factory.Store.SaveAsync(Hook("one-more"), default));
        Assert.True(await factory.Store.SaveAsync(Hook("w7") with { Url = "http://other.test/" }, default));
        Assert.Equal(Webhook.Most, (await factory.Store.WebhooksAsync(default)).Count);
    }

    [Fact]
    public async Task What_rings_over_and_over_is_raised_once_until_its_mark_has_passed()
    {
        await using var factory = await CreateAsync();
        Assert.True(await factory.Store.SaveAsync(Hook("all"), default));
        Assert.Single(await RaiseAsync(factory.Store, "k", Noon.AddMinutes(5), Noon));
        Assert.Empty(await RaiseAsync(factory.Store, "k", Noon.AddMinutes(6), Noon));
        Assert.Empty(await RaiseAsync(factory.Other, "k", Noon.AddMinutes(9), Noon.AddMinutes(4)));
        Assert.Single(await RaiseAsync(factory.Other, "k", Noon.AddMinutes(10), Noon.AddMinutes(5)));
        Assert.Single(await RaiseAsync(factory.Store, "for good", null, Noon));
        Assert.Empty(await RaiseAsync(factory.Store, "for good", null, Noon.AddYears(10)));
        Assert.Equal(3, (await factory.Store.AlertsAsync(new AlertQuery(null, null, null, 10), default)).Count);
        Assert.Equal(3, await factory.Store.BacklogAsync(default));
    }

    [Fact]
    public async Task Of_many_that_find_the_same_at_once_one_raises_it()
    {
        await using var factory = await CreateAsync();
        Assert.True(await factory.Store.SaveAsync(Hook("all"), default));
        var found = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => RaiseAsync(
            i % 2 == 0 ? factory.Store : factory.Other, [.. Enumerable.Range(0, 10).Select(k => $"k{(k * (i % 2 == 0 ? 1 : 9)) % 10}")], null, Noon))));
        Assert.Equal(10, found.Sum(raised => raised.Count));
        Assert.Equal(10, await factory.Store.BacklogAsync(default));
    }

    [Fact]
    public async Task An_alert_is_for_those_who_want_it()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await store.SaveAsync(Hook("all"), default);
        await store.SaveAsync(Hook("off") with { Enabled = false }, default);
        await store.SaveAsync(Hook("acme") with { Tenants = ["acme"] }, default);
        await store.SaveAsync(Hook("other") with { Tenants = ["umbrella"] }, default);
        await store.SaveAsync(Hook("bursts") with { Events = [AlertKinds.RefusalBurst] }, default);
        await store.RaiseAsync([new AlertCandidate(AlertOf("acme"), new AlertMark("1", null))], mailToo: true, Noon, default);
        Assert.Equal(["@smtp", "acme", "all"], (await DeliveriesAsync(store)).Select(one => one.Target).Order(StringComparer.Ordinal));
        await store.RaiseAsync([new AlertCandidate(AlertOf(null), new AlertMark("2", null))], mailToo: false, Noon, default);
        Assert.Equal(["@smtp", "acme", "all", "all"], (await DeliveriesAsync(store)).Select(one => one.Target).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_delivery_is_taken_by_one_until_its_lease_ends()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await store.SaveAsync(Hook("all"), default);
        await RaiseAsync(store, ["a", "b", "c"], null, Noon);
        Assert.Empty(await store.DueAsync(Noon.AddSeconds(-1), default));
        Assert.Equal(["all"], await store.DueAsync(Noon, default));
        var until = Noon.AddSeconds(30);
        var first = await store.ClaimAsync("all", 2, One, Noon, until, default);
        Assert.Equal(2, first.Count);
        Assert.Single(await factory.Other.ClaimAsync("all", 2, Two, Noon, until, default));
        Assert.Empty(await store.DueAsync(Noon.AddSeconds(29), default));
        Assert.Empty(await store.ClaimAsync("all", 2, One, Noon.AddSeconds(29), until, default));

        // The first owner ends one of its two; the other's lease ends.
        var attempt = new DeliveryAttempt(Noon, 500, "The receiver answered 500.", 12);
        await store.EndAttemptAsync(first[0] with { NextAt = Noon.AddMinutes(1), Attempts = [attempt] }, One, default);
        var later = await factory.Other.ClaimAsync("all", 9, Two, Noon.AddSeconds(30), Noon.AddSeconds(60), default);
        Assert.Equal(2, later.Count);
        Assert.DoesNotContain(later, one => one.Id == first[0].Id);

        // What is no longer its own it can't end.
        await store.EndAttemptAsync(first[1] with { State = DeliveryState.Delivered, EndedAt = Noon }, One, default);
        Assert.Equal(3, await store.BacklogAsync(default));
        Assert.Equal(3, (await store.ClaimAsync("all", 9, One, Noon.AddMinutes(1), Noon.AddMinutes(2), default)).Count);
    }

    [Fact]
    public async Task What_came_of_a_delivery_is_told_newest_first_and_a_failed_one_can_be_tried_again()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await store.SaveAsync(Hook("all"), default);
        var body = AlertOf("acme") with { Body = """{"type":"x","data":{"value":"ö\u0000 'quoted' ☃"}}""" };
        await store.RaiseAsync([new AlertCandidate(body, new AlertMark("1", null))], false, Noon, default);
        var taken = Assert.Single(await store.ClaimAsync("all", 5, One, Noon, Noon.AddMinutes(1), default));
        Assert.Equal(body, taken.Alert);
        var failed = taken with
        {
            State = DeliveryState.Failed,
            EndedAt = Noon.AddSeconds(3),
            Attempts = [new DeliveryAttempt(Noon, null, "No answer.", 15_000), new DeliveryAttempt(Noon.AddSeconds(2), 410, "Gone.", 3)],
        };
        await store.EndAttemptAsync(failed, One, default);
        Assert.Empty(await store.DueAsync(Noon.AddDays(9), default));
        Assert.Equivalent(failed, Assert.Single(await DeliveriesAsync(factory.Other)), strict: true);
        await RaiseAsync(store, "2", null, Noon.AddSeconds(1));
        Assert.Single(await store.DeliveriesAsync(new DeliveryQuery("all", DeliveryState.Failed, null, 5), default));
        var newest = (await DeliveriesAsync(store))[0];
        Assert.NotEqual(failed.Id, newest.Id);
        Assert.Equal(failed.Id, Assert.Single(await store.DeliveriesAsync(new DeliveryQuery(null, null, newest.Id, 5), default)).Id);
        Assert.Empty(await store.DeliveriesAsync(new DeliveryQuery("none", null, null, 5), default));

        Assert.True(await store.RetryAsync(failed.Id, Noon.AddDays(1), default));
        var again = (await store.ClaimAsync("all", 5, Two, Noon.AddDays(1), Noon.AddDays(2), default)).Single(one => one.Id == failed.Id);
        Assert.Empty(again.Attempts);
        await store.EndAttemptAsync(again with { State = DeliveryState.Delivered, EndedAt = Noon.AddDays(1) }, Two, default);
        Assert.False(await store.RetryAsync(failed.Id, Noon.AddDays(1), default));
        Assert.False(await store.RetryAsync(One, Noon, default));
    }

    [Fact]
    public async Task What_waits_for_a_webhook_waits_while_it_is_off_and_goes_with_it()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await store.SaveAsync(Hook("all"), default);
        await RaiseAsync(store, "1", null, Noon);
        await store.DisableAsync("all", "http://another.test/", "gone", default);
        Assert.True((await store.WebhooksAsync(default))[0].Enabled);
        await store.DisableAsync("all", Hook("all").Url, "gone", default);
        Assert.Equal("gone", (await store.WebhooksAsync(default))[0].DisabledBecause);
        Assert.Empty(await store.DueAsync(Noon, default));
        await store.SaveAsync(Hook("all"), default);
        Assert.Equal(["all"], await store.DueAsync(Noon, default));
        await store.RemoveAsync("all", default);
        Assert.Equal(DeliveryState.Dropped, Assert.Single(await DeliveriesAsync(store)).State);
        Assert.Equal(0, await store.BacklogAsync(default));
    }

    [Fact]
    public async Task A_lease_is_one_proxys_until_it_ends()
    {
        await using var factory = await CreateAsync();
        Assert.True(await factory.Store.TakeLeaseAsync("duties", One, Noon, Noon.AddSeconds(30), default));
        Assert.False(await factory.Other.TakeLeaseAsync("duties", Two, Noon.AddSeconds(29), Noon.AddSeconds(59), default));
        Assert.True(await factory.Store.TakeLeaseAsync("duties", One, Noon.AddSeconds(29), Noon.AddSeconds(59), default));
        Assert.False(await factory.Other.TakeLeaseAsync("duties", Two, Noon.AddSeconds(58), Noon.AddSeconds(88), default));
        Assert.True(await factory.Other.TakeLeaseAsync("duties", Two, Noon.AddSeconds(59), Noon.AddSeconds(89), default));
        Assert.False(await factory.Store.TakeLeaseAsync("duties", One, Noon.AddSeconds(60), Noon.AddSeconds(90), default));
    }

    [Fact]
    public async Task The_higher_peak_stays()
    {
        await using var factory = await CreateAsync();
        await factory.Store.SavePeaksAsync([new TenantPeak("acme", 100, new NanoUsd(5), Noon), new TenantPeak("acme", 99, new NanoUsd(9), Noon)], default);
        await factory.Other.SavePeaksAsync([new TenantPeak("acme", 100, new NanoUsd(3), Noon.AddHours(1)), new TenantPeak("b", 100, new NanoUsd(1), Noon)], default);
        var peaks = (await factory.Store.PeaksAsync(100, default)).OrderBy(peak => peak.Tenant, StringComparer.Ordinal).ToList();
        Assert.Equal([new TenantPeak("acme", 100, new NanoUsd(5), Noon), new TenantPeak("b", 100, new NanoUsd(1), Noon)], peaks);
    }

    [Fact]
    public async Task What_is_old_is_forgotten_and_nothing_else()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        await store.SaveAsync(Hook("all"), default);
        await store.RaiseAsync([new AlertCandidate(AlertOf("acme", Noon), new AlertMark("old", Noon))], false, Noon, default);
        await store.RaiseAsync([new AlertCandidate(AlertOf("acme", Noon.AddDays(2)), new AlertMark("new", Noon.AddDays(2)))], false, Noon, default);
        await store.RaiseAsync([new AlertCandidate(AlertOf("acme", Noon.AddDays(3)), new AlertMark("for good", null))], false, Noon, default);
        await store.SavePeaksAsync([new TenantPeak("acme", 10, new NanoUsd(5), Noon), new TenantPeak("acme", 11, new NanoUsd(5), Noon)], default);
        while (await store.ForgetAsync(Noon.AddDays(1), Noon.AddDays(1), 11, default))
        {
            // Until there is no more.
        }

        Assert.Equal(2, (await store.AlertsAsync(new AlertQuery("acme", null, null, 10), default)).Count);
        Assert.Equal(2, (await DeliveriesAsync(store)).Count);
        Assert.Equal(11, Assert.Single(await store.PeaksAsync(0, default)).Day);
        Assert.Single(await RaiseAsync(store, "old", null, Noon));
        Assert.Empty(await RaiseAsync(store, "new", null, Noon));
        Assert.Empty(await RaiseAsync(store, "for good", null, Noon));
    }

    [Fact]
    public async Task Alerts_are_listed_by_tenant_and_kind()
    {
        await using var factory = await CreateAsync();
        var store = factory.Store;
        for (var i = 0; i < 6; i++)
        {
            var alert = AlertOf(i % 2 == 0 ? "acme" : null, Noon.AddSeconds(i)) with { Kind = i % 3 == 0 ? AlertKinds.RatesStale : AlertKinds.StoreOutage };
            await store.RaiseAsync([new AlertCandidate(alert, new AlertMark($"{i}", null))], false, Noon, default);
        }

        Assert.Equal([4, 2, 0], (await store.AlertsAsync(new AlertQuery("acme", null, null, 10), default)).Select(SecondOf));
        Assert.Equal([3, 0], (await store.AlertsAsync(new AlertQuery(null, AlertKinds.RatesStale, null, 10), default)).Select(SecondOf));
        var page = await store.AlertsAsync(new AlertQuery(null, null, null, 4), default);
        Assert.Equal([5, 4, 3, 2], page.Select(SecondOf));
        Assert.Equal([1, 0], (await store.AlertsAsync(new AlertQuery(null, null, page[^1].Id, 4), default)).Select(SecondOf));
    }

    [Fact]
    public async Task The_ledgers_end_is_summed_by_tenant_and_named_by_caller()
    {
        await using var factory = await CreateAsync();
        Assert.Empty(await factory.Spend.SpendAsync(Noon, default));
        Assert.Empty(await factory.Spend.SpendersAsync(Noon, 10, default));
        // Entries are settled at the store's own instants or at those given, never earlier than the ones before.
        var entries = new List<LedgerEntry>();
        for (var i = 0; i < 40; i++)
            entries.Add(Entry(i % 4 == 0 ? "umbrella" : "acme", $"u{i % 3}", Noon.AddSeconds(i)));
        await factory.AppendAsync(entries);
        for (var from = -1; from <= 41; from++)
        {
            var expected = entries.Where(entry => entry.SettledAt >= Noon.AddSeconds(from)).ToList();
            var sums = await factory.Spend.SpendAsync(Noon.AddSeconds(from), default);
            Assert.Equal(
                expected.GroupBy(entry => entry.Tenant).OrderBy(group => group.Key).Select(group => (group.Key, group.Sum(entry => entry.Cost.Value))),
                sums.OrderBy(sum => sum.Key, StringComparer.Ordinal).Select(sum => (sum.Key, sum.Value.Value)));
            var spenders = await factory.Spend.SpendersAsync(Noon.AddSeconds(from), 100, default);
            Assert.Equal(
                expected.Select(entry => (entry.Tenant, entry.User)).Distinct().Order(), spenders.Select(one => (one.Caller.Tenant, one.Caller.User)).Order());
            Assert.All(spenders, one => Assert.Equal([KeyValuePair.Create("team", "x"), KeyValuePair.Create("a", "ü")], one.Caller.Tags));
        }

        Assert.Equal(2, (await factory.Spend.SpendersAsync(Noon, 2, default)).Count);
    }

    internal static Webhook Hook(string name) => new() { Name = name, Url = "http://receiver.test/", Secret = "whsec_c2VjcmV0", CreatedAt = Noon };

    internal static Alert AlertOf(string? tenant, DateTimeOffset? at = null) => new(
        Guid.CreateVersion7(at ?? Noon), AlertKinds.BudgetThreshold, tenant, "It rang.", at ?? Noon, """{"type":"budget.threshold","data":{}}""");

    protected abstract Task<IAlertStoreFactory> CreateAsync();

    private static LedgerEntry Entry(string tenant, string user, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at),
        RequestId = Guid.CreateVersion7(at),
        Tenant = tenant,
        User = user,
        Key = "key_1",
        Run = "r",
        Tags = [KeyValuePair.Create("team", "x"), KeyValuePair.Create("a", "ü")],
        Provider = "openai",
        Api = "openai-chat",
        Model = "gpt-4o-mini",
        Basis = UsageBasis.Reported,
        Usage = new Usage { Input = 1 },
        Cost = new NanoUsd(at.Second + 1),
        Charged = NanoUsd.Zero,
        Reserved = NanoUsd.Zero,
        Overrun = NanoUsd.Zero,
        StartedAt = at,
        SettledAt = at,
    };

    private static int SecondOf(Alert alert) => alert.At.Second;

    private static async Task<IReadOnlyList<Delivery>> DeliveriesAsync(IAlertStore store) => await store.DeliveriesAsync(new DeliveryQuery(null, null, null, 100), default);

    private static Task<IReadOnlyList<Guid>> RaiseAsync(IAlertStore store, string key, DateTimeOffset? until, DateTimeOffset now) => RaiseAsync(store, [key], until, now);

    private static async Task<IReadOnlyList<Guid>> RaiseAsync(IAlertStore store, string[] keys, DateTimeOffset? until, DateTimeOffset now) =>
        await store.RaiseAsync([.. keys.Select(key => new AlertCandidate(AlertOf("acme", now), new AlertMark(key, until)))], false, now, default);
}
