using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;

namespace BudgetProxy.Tests.Hosting;

public sealed class PrometheusTextTests
{
    [Fact]
    public void What_happened_is_on_the_page()
    {
        long open = 0;
        using var metrics = new ProxyMetrics(new RefusalTally(TimeProvider.System));
        metrics.WatchStore(() => open, () => 10, () => 25);
        using var page = new PrometheusText(metrics);
        metrics.CallAdmitted();
        metrics.CallAdmitted();
        metrics.CallRefused("budget_exceeded");
        metrics.CallSettled(UsageBasis.Reported, new Usage { Input = 10, CachedInput = 3, Output = 5 }, new NanoUsd(1_500_000_000));
        metrics.CallOverran(new NanoUsd(1));
        metrics.ReservationsExpired(4);
        metrics.DriftMeasured(7);

        var lines = page.Render().Split('\n');
        Assert.Contains("# TYPE budgetproxy_calls_admitted_total counter", lines);
        Assert.Contains("budgetproxy_calls_admitted_total 2", lines);
        Assert.Contains("budgetproxy_calls_refused_total{code=\"budget_exceeded\"} 1", lines);
        Assert.Contains("budgetproxy_calls_settled_total{basis=\"reported\"} 1", lines);
        Assert.Contains("budgetproxy_cost_usd_total 1.500000000", lines);
        Assert.Contains("budgetproxy_overrun_cost_usd_total 0.000000001", lines);
        Assert.Contains("budgetproxy_tokens_total{bucket=\"cached_input\"} 3", lines);
        Assert.Contains("# TYPE budgetproxy_reservations_open gauge", lines);
        Assert.Contains("budgetproxy_reservations_open 0", lines);
        open = 3;
        Assert.Contains("budgetproxy_reservations_open 3\n", page.Render(), StringComparison.Ordinal);
        Assert.Contains("budgetproxy_reservations_expired_total 4", lines);
        Assert.Contains("# TYPE budgetproxy_store_commits_total counter", lines);
        Assert.Contains("budgetproxy_store_commits_total 10", lines);
        Assert.Contains("budgetproxy_store_steps_total 25", lines);
        Assert.Contains("budgetproxy_invariant_drift 7", lines);
    }

    [Fact]
    public void Every_line_is_a_comment_or_a_sample_and_every_sample_has_a_type()
    {
        using var metrics = new ProxyMetrics(new RefusalTally(TimeProvider.System));
        using var page = new PrometheusText(metrics);
        metrics.CallRefused("a\"b\\c\nd");
        var lines = page.Render().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var typed = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2]).ToList();
        Assert.Equal(typed.Count, typed.Distinct(StringComparer.Ordinal).Count());
        Assert.All(lines.Where(line => line[0] != '#'), line =>
        {
            Assert.Matches("""^[a-z_]+(\{[a-z]+="([^"\\\n]|\\.)*"\})? -?[0-9.]+$""", line);
            Assert.Contains(typed, name => line.StartsWith(name, StringComparison.Ordinal));
        });
        Assert.Contains("budgetproxy_calls_refused_total{code=\"a\\\"b\\\\c\\nd\"} 1", lines);
    }

    [Fact]
    public void Two_proxies_in_one_process_count_apart_and_a_label_run_wild_stays_bounded()
    {
        using var one = new ProxyMetrics(new RefusalTally(TimeProvider.System));
        using var two = new ProxyMetrics(new RefusalTally(TimeProvider.System));
        using var page = new PrometheusText(one);
        two.CallAdmitted();
        for (var i = 0; i < 1000; i++)
            one.CallRefused($"code_{i}");
        var text = page.Render();
        Assert.Contains("budgetproxy_calls_admitted_total 0\n", text, StringComparison.Ordinal);
        Assert.InRange(text.Split("calls_refused_total{").Length - 1, 100, 102);
        Assert.Contains("{code=\"other\"} 900\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Concurrent_events_are_all_counted()
    {
        using var metrics = new ProxyMetrics(new RefusalTally(TimeProvider.System));
        using var page = new PrometheusText(metrics);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                metrics.CallRefused("budget_held");
        })));
        Assert.Contains("{code=\"budget_held\"} 80000\n", page.Render(), StringComparison.Ordinal);
    }
}
