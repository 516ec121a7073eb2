using BudgetProxy.Core.Rates;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;
using BudgetProxy.Ledger;
using BudgetProxy.Rates;
using BudgetProxy.Tests.Embedded;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Extensions.Logging;

namespace BudgetProxy.Tests.Rates;

public sealed class RateAgeTests
{
    private static readonly DateTimeOffset Compiled = DateTimeOffset.ParseExact(RateCard.Shipped.Compiled, "yyyy-MM-dd", null, System.Globalization.DateTimeStyles.AssumeUniversal);

    [Theory]
    [InlineData(90, false)]
    [InlineData(91, true)]
    [InlineData(0, false)]
    [InlineData(-3, false)]
    public async Task A_card_that_nobody_looked_after_is_said_aloud(int days, bool warned)
    {
        await using var scene = new Scene(Compiled.AddDays(days));
        Assert.Equal(Math.Max(days, 0), await scene.Age.MeasureAsync(warn: true, CancellationToken.None));
        Assert.Contains($"budgetproxy_rates_age_days {Math.Max(days, 0)}\n", scene.Page.Render(), StringComparison.Ordinal);
        if (!warned)
        {
            Assert.Empty(scene.Lines);
            return;
        }

        var line = Assert.Single(scene.Lines);
        Assert.Contains("91 days old", line, StringComparison.Ordinal);
        Assert.Contains("POST /admin/v1/rates/import", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_makes_it_young_again()
    {
        await using var scene = new Scene(Compiled.AddDays(200));
        await scene.Ledger.MoveBookmarkAsync(RateAge.Bookmark, Compiled.AddDays(150).ToString("O"), CancellationToken.None);
        Assert.Equal(50, await scene.Age.MeasureAsync(warn: true, CancellationToken.None));
        Assert.Empty(scene.Lines);
        await scene.Ledger.MoveBookmarkAsync(RateAge.Bookmark, Compiled.AddDays(-5).ToString("O"), CancellationToken.None);
        Assert.Equal(200, await scene.Age.MeasureAsync(warn: false, CancellationToken.None));
        Assert.Empty(scene.Lines);
    }

    private sealed class Scene : IAsyncDisposable, ILogger<RateAge>
    {
        private readonly TestClock _clock;
        private readonly EmbeddedStoreFactory _store;
        private readonly ProxyMetrics _metrics = new(new RefusalTally(TimeProvider.System));
        private readonly RateTable _table;

        public Scene(DateTimeOffset now)
        {
            _clock = new TestClock(now);
            _store = new EmbeddedStoreFactory(_clock);
            Page = new PrometheusText(_metrics);
            _table = new RateTable(new BudgetProxy.Embedded.SqliteRateStore(_store.Database), _clock);
            Age = new RateAge(_table, _store.Ledger, _metrics, _clock, this);
        }

        public RateAge Age { get; }

        public ILedger Ledger => _store.Ledger;

        public PrometheusText Page { get; }

        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));

        public ValueTask DisposeAsync()
        {
            Age.Dispose();
            _table.Dispose();
            Page.Dispose();
            _metrics.Dispose();
            _store.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
