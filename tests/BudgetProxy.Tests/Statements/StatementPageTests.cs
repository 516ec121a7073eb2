using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Statements;
using BudgetProxy.Tests.Distributed.Postgres;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetProxy.Tests.Statements;

/// <summary>The page to print.</summary>
public sealed partial class StatementPageTests
{
    private static readonly DateTimeOffset At = new(2025, 4, 3, 2, 1, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_page_is_whole_in_itself_and_says_what_the_customer_may_see()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme", """{"name":"Acme <b>& Sons</b>"}""");
        await BookAsync(
            proxy,
            Entry(0) with { User = "<script>alert(1)</script>", Model = "gpt-4o", Cost = new NanoUsd(77_123_456), Charged = new NanoUsd(1_234_500_000_000) },
            Entry(1) with { Project = "ünïcode", Cost = new NanoUsd(77_123_456), Charged = new NanoUsd(10_250_000) },
            Entry(2) with { Tenant = "zeta", User = "zetauser" });

        using var answer = await proxy.Admin.GetAsync(new Uri("tenants/acme/statements/2025-04?format=html", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>&", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("zetauser", page, StringComparison.Ordinal);
        var text = WebUtility.HtmlDecode(page);
        foreach (var said in new[] { "Acme <b>& Sons</b>", "April 2025", "$1,234.51", "$1,234.51025", "$1,234.50000", "$0.01025", "<script>alert(1)</script>", "ünïcode" })
            Assert.Contains(said, text, StringComparison.Ordinal);
        foreach (var unsaid in new[] { "Cost", "Markup", "0.077", "0.154", "so far" })
            Assert.DoesNotContain(unsaid, text, StringComparison.Ordinal);

        var ours = WebUtility.HtmlDecode(await proxy.Admin.GetStringAsync("tenants/acme/statements/2025-04?format=html&for=us"));
        foreach (var said in new[] { "Cost", "Markup", "$0.154246912", "internal" })
            Assert.Contains(said, ours, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_running_month_says_so_far_and_many_users_are_cut_to_a_line_of_others_that_adds_up()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        var now = TimeProvider.System.GetUtcNow();
        await BookAsync(proxy, [.. Enumerable.Range(0, StatementHtml.MostLines + 30).Select(i => Entry(i) with { User = $"u{i}", SettledAt = now, StartedAt = now, Charged = new NanoUsd(1_000_000 * (i + 1)) })]);
        var page = WebUtility.HtmlDecode(await proxy.Admin.GetStringAsync($"tenants/acme/statements/{now.ToString("yyyy-MM", CultureInfo.InvariantCulture)}?format=html"));
        Assert.Contains("so far", page, StringComparison.Ordinal);
        Assert.Contains("30 others", page, StringComparison.Ordinal);
        // 1 + … + 30 milli-dollars.
        Assert.Contains("$0.465", page, StringComparison.Ordinal);
        Assert.Equal(StatementHtml.MostLines, UserCell().Count(page));
    }

    [Fact]
    public async Task A_month_without_usage_says_so()
    {
        await using var proxy = await TestProxy.StartAsync();
        await proxy.CreateTenantAsync("acme");
        var page = await proxy.Admin.GetStringAsync("tenants/acme/statements/2025-04?format=html");
        Assert.Contains("Nothing was used.", page, StringComparison.Ordinal);
        Assert.Contains("$0.00", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "$0.00")]
    [InlineData(1, "$0.000000001")]
    [InlineData(-1_500_000_000, "−$1.50")]
    [InlineData(1_234_567_000_000_000, "$1,234,567.00")]
    [InlineData(120_000, "$0.00012")]
    [InlineData(long.MinValue, "−$9,223,372,036.854775808")]
    public void Amounts_are_exact_with_no_more_decimals_than_they_need(long nanos, string text) =>
        Assert.Equal(text, new StatementMoney([new NanoUsd(nanos)]).Of(new NanoUsd(nanos)));

    private static async Task BookAsync(TestProxy proxy, params LedgerEntry[] entries) =>
        await proxy.Services.GetRequiredService<ILedger>().AppendAsync(entries, [], CancellationToken.None);

    private static LedgerEntry Entry(int i) => SomeEntries.One(Guid.CreateVersion7(At.AddSeconds(i)), At.AddSeconds(i));

    [GeneratedRegex("<th scope=\"row\">u[0-9]+")]
    private static partial Regex UserCell();
}
