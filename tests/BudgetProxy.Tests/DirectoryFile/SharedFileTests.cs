using System.Text;
using BudgetProxy.Audit;
using BudgetProxy.DirectoryFile;
using BudgetProxy.Tests.Distributed.Postgres;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary>Several proxies on one Postgres, each with a directory file.</summary>
public sealed class SharedFileTests
{
    [Fact]
    public async Task Of_proxies_that_apply_the_same_file_at_once_one_does_and_all_have_it()
    {
        await using var proxies = await TwoProxies.StartAsync();
        var file = Yaml("1", 20);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => ApplyAsync(i % 2 == 0 ? proxies.A : proxies.B, file))));
        Assert.All(outcomes, outcome => Assert.True(outcome.Applied));
        Assert.Equal(60, Assert.Single(outcomes, outcome => outcome.Changes.Count > 0).Changes.Count);
        foreach (var directory in new[] { proxies.A, proxies.B })
        {
            await directory.RefreshAsync(CancellationToken.None);
            Assert.Equal((20, 20), (directory.Current.Tenants.Count(), directory.Current.Tenants.Sum(tenant => directory.Current.KeysOf(tenant.Id).Count())));
        }

        Assert.Equal(1L, await proxies.Data.ScalarAsync("SELECT count(*) FROM audit WHERE action = 'directory.apply'"));
        Assert.Equal(20L, await proxies.Data.ScalarAsync("SELECT count(*) FROM virtual_keys"));
    }

    [Fact]
    public async Task Different_files_at_once_leave_the_whole_of_one_never_a_mixture()
    {
        await using var proxies = await TwoProxies.StartAsync();
        for (var round = 0; round < 6; round++)
        {
            var (one, other) = (Yaml($"1{round}", 8), Yaml($"2{round}", 8));
            await Task.WhenAll(Task.Run(() => ApplyAsync(proxies.A, one)), Task.Run(() => ApplyAsync(proxies.B, other)));
            await proxies.A.RefreshAsync(CancellationToken.None);
            await proxies.B.RefreshAsync(CancellationToken.None);
            var limits = proxies.A.Current.Tenants.SelectMany(tenant => tenant.Budgets).Select(budget => budget.Limit).Distinct().ToList();
            Assert.Contains(Assert.Single(limits), new[] { (10L + round) * 1_000_000_000, (20L + round) * 1_000_000_000 });
            Assert.Equal(RoundTripProperties.Export(proxies.A.Current), RoundTripProperties.Export(proxies.B.Current));
        }
    }

    [Fact]
    public async Task What_others_change_in_the_middle_is_decided_anew()
    {
        await using var proxies = await TwoProxies.StartAsync();
        var applying = Task.Run(() => ApplyAsync(proxies.A, Yaml("1", 30)));
        for (var i = 0; i < 30; i++)
            await proxies.B.PutTenantAsync(new() { Id = $"other{i}" }, DirectoryShortcuts.Anybody, CancellationToken.None);
        Assert.True((await applying).Applied);
        await proxies.A.RefreshAsync(CancellationToken.None);
        Assert.Equal(60, proxies.A.Current.Tenants.Count());
        // And prune takes what is there when it is stored.
        var pruned = await new DirectoryApplier(proxies.A).ApplyAsync(
            new DirectoryRequest(Yaml("1", 30), KeySources.WithoutEnvironment, Prune: true), AuditActor.DirectoryFile, CancellationToken.None);
        Assert.Equal(30, pruned.Changes.Count(change => change is { Action: "delete", Kind: "tenant" }));
        await proxies.B.RefreshAsync(CancellationToken.None);
        Assert.Equal(30, proxies.B.Current.Tenants.Count());
    }

    [Fact]
    public async Task Every_kind_of_thing_is_made_changed_and_pruned_as_in_the_embedded_store()
    {
        await using var proxies = await TwoProxies.StartAsync();
        var request = new DirectoryRequest(Encoding.UTF8.GetBytes(ReadmeExample.Yaml), KeySources.WithoutEnvironment, Prune: true);
        await new DirectoryApplier(proxies.A).ApplyAsync(request, AuditActor.DirectoryFile, CancellationToken.None);
        await proxies.B.RefreshAsync(CancellationToken.None);
        Assert.Equal(RoundTripProperties.Export(proxies.A.Current), RoundTripProperties.Export(proxies.B.Current));
        var changed = ReadmeExample.Yaml.Replace("usd: 100", "usd: 101", StringComparison.Ordinal).Replace("usd: 250.00", "usd: 251", StringComparison.Ordinal)
            .Replace("project: checkout", "project: pay", StringComparison.Ordinal).Replace("markupPercent: 15", "markupPercent: 16", StringComparison.Ordinal);
        var outcome = await ApplyAsync(proxies.B, Encoding.UTF8.GetBytes(changed));
        Assert.Equal(["plan pro", "tenant acme", "budget acme/monthly", "key acme/backend"], outcome.Changes.Select(change => $"{change.Kind} {change.Target}"));
        await proxies.A.RefreshAsync(CancellationToken.None);
        Assert.Equal(RoundTripProperties.Export(proxies.B.Current), RoundTripProperties.Export(proxies.A.Current));
        var gone = await new DirectoryApplier(proxies.A).ApplyAsync(
            new DirectoryRequest("tenants: {}"u8.ToArray(), KeySources.WithoutEnvironment, Prune: true), AuditActor.DirectoryFile, CancellationToken.None);
        Assert.Equal(["tenant acme", "tenant globex", "plan pro"], gone.Changes.Select(change => $"{change.Kind} {change.Target}"));
        await proxies.B.RefreshAsync(CancellationToken.None);
        Assert.Empty(proxies.B.Current.Tenants);
        Assert.Empty(proxies.B.Current.Plans);
    }

    private static Task<DirectoryOutcome> ApplyAsync(BudgetProxy.Tenants.TenantDirectory directory, byte[] file) =>
        new DirectoryApplier(directory).ApplyAsync(new DirectoryRequest(file, KeySources.WithoutEnvironment, Prune: false), AuditActor.DirectoryFile, CancellationToken.None);

    private static byte[] Yaml(string limit, int tenants)
    {
        var yaml = new StringBuilder("tenants:\n");
        for (var i = 0; i < tenants; i++)
            yaml.Append($"  t{i}: {{ budgets: {{ b: {{ limit: {{ usd: {limit} }}, window: month }} }}, keys: {{ k: {{ sha256: \"{i:x64}\" }} }} }}\n");
        return Encoding.UTF8.GetBytes(yaml.ToString());
    }
}
