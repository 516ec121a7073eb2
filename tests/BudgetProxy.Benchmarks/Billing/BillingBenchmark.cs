using System.Diagnostics;
using BudgetProxy.Benchmarks.Proxy;
using BudgetProxy.Billing;
using BudgetProxy.Embedded;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;
using BudgetProxy.Storage;
using BudgetProxy.Stripe;
using BudgetProxy.Tenants;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Benchmarks.Billing;

/// <summary><c>billing</c>: a ledger that was never billed is cut into buckets as a whole, and these are sent to a Stripe that takes everything at once.</summary>
internal static class BillingBenchmark
{
    private const string Meter = "micro_usd";
    private const int FoldSize = 5_000;
    private const int AnyRate = 1_000_000;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var source = arguments.Text("data", "");
        if (!File.Exists(Path.Combine(source, "budgetproxy.db")))
            throw new InvalidOperationException("--data must name a folder that `seed --data` made. It is copied, never written to.");
        var folder = Directory.CreateTempSubdirectory("budgetproxy-billing-");
        try
        {
            await CopyAsync(source, folder.FullName);
            await MeasureAsync(folder.FullName, TimeSpan.FromSeconds(arguments.Number("send-seconds", 60)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(string folder, TimeSpan sendLimit)
    {
        var begun = Stopwatch.GetTimestamp();
        using var database = new EmbeddedDatabase(folder);
        long entries, hours;
        using (var connection = database.OpenConnection())
        {
            connection.Run("UPDATE tenants SET stripe_customer_id = 'cus_' || id");
            entries = connection.Query("SELECT count(*) FROM ledger", row => row.GetInt64(0))[0];
        }

        using var ledger = new EmbeddedStore(database, TimeProvider.System);
        while ((await ledger.RollUpAsync(FoldSize, CancellationToken.None)).Left > 0)
        {
            // Until all is added up.
        }

        using var directory = new TenantDirectory(new SqliteDirectoryStore(database), ledger, TimeProvider.System);
        await directory.StartAsync(ProxyLauncher.AdminKey, CancellationToken.None);
        var store = new SqliteBillingStore(database);
        var now = TimeProvider.System.GetUtcNow();
        var from = now.AddYears(-5);
        await store.StartAsync(from, now, CancellationToken.None);
        using (var connection = database.OpenConnection())
            hours = connection.Query("SELECT count(*) FROM usage_tenant_hours WHERE unbilled AND NOT prepaid", row => row.GetInt64(0))[0];
        Console.WriteLine($"{entries:N0} entries of {directory.Current.Tenants.Count():N0} tenants in {hours:N0} tenant-hours; made ready in {Stopwatch.GetElapsedTime(begun).TotalSeconds:N0} s.");
        Console.WriteLine("| what | number | s | a second | CPU µs each | peak MiB of the process |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var lease = (await store.TakeLeaseAsync(Guid.CreateVersion7(now), now, now.AddDays(1), CancellationToken.None))!.Value;
        var cutter = new BucketCutter(new SqliteAccrualStore(database), ledger, directory, [new BillingMeter(Meter, BilledUnit.Charged)], NullLogger<BucketCutter>.Instance);
        using var cut = new CancellationTokenSource();
        var waiting = WaitAsync(ledger, cut.Token);
        await CutAsync(cutter, lease, from, now, entries);
        await cut.CancelAsync();
        var waits = (await waiting).Order().ToList();
        await SendAsync(store, directory, lease, sendLimit);
        Console.WriteLine($"Beside the cut a call's write waited, of {waits.Count:N0}, half {waits[waits.Count / 2]:N2} ms, 99 of 100 {waits[waits.Count * 99 / 100]:N1} ms, and {waits[^1]:N1} ms at most.");
    }

    /// <summary>How long one who reserves or settles waits for the write lock, looked at every ten milliseconds; in milliseconds.</summary>
    private static async Task<List<double>> WaitAsync(EmbeddedStore ledger, CancellationToken stop)
    {
        var waits = new List<double>();
        do
        {
            var begun = Stopwatch.GetTimestamp();
            await ledger.PingAsync(CancellationToken.None);
            waits.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            await Task.WhenAny(Task.Delay(10, stop));
        }
        while (!stop.IsCancellationRequested);
        return waits;
    }

    private static async Task CutAsync(BucketCutter cutter, BillingLease lease, DateTimeOffset from, DateTimeOffset now, long entries)
    {
        var (begun, cpu) = (Stopwatch.GetTimestamp(), CpuSeconds());
        var buckets = await cutter.CutAsync(lease, from, now, CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var used = CpuSeconds() - cpu;
        Row("entries cut", entries, seconds, used);
        Row("into buckets", buckets, seconds, used);
        begun = Stopwatch.GetTimestamp();
        await cutter.CutAsync(lease, from, now, CancellationToken.None);
        Console.WriteLine($"| a cut of nothing | | {Stopwatch.GetElapsedTime(begun).TotalSeconds:N3} | | | {PeakMiB()} |");
    }

    private static async Task SendAsync(SqliteBillingStore store, TenantDirectory directory, BillingLease lease, TimeSpan limit)
    {
        await using var stripe = await FastStripe.StartAsync();
        var options = new StripeOptions { ApiKey = "sk_test_benchmark", BaseUrl = stripe.Address, MeterEventName = Meter, RequestsPerSecond = AnyRate };
        using var client = new StripeClient(options, TimeProvider.System);
        using var metrics = new ProxyMetrics(new RefusalTally(TimeProvider.System));
        var sender = new BucketSender(store, directory, new StripeLink(client, options, TimeProvider.System), new BillingMetrics(metrics), TimeProvider.System);
        var (begun, cpu, ended) = (Stopwatch.GetTimestamp(), CpuSeconds(), 0L);
        while (Stopwatch.GetElapsedTime(begun) < limit && await sender.PassAsync(lease, false, CancellationToken.None) is { Ended: > 0 } pass)
            ended += pass.Ended;
        Row("buckets sent (both ends)", ended, Stopwatch.GetElapsedTime(begun).TotalSeconds, CpuSeconds() - cpu);
        long sent = 0;
        await foreach (var bucket in store.BucketsAsync(new BucketFilter(State: BucketState.Sent), CancellationToken.None))
            sent += bucket.Value;
        Console.WriteLine(sent == stripe.Value && stripe.Events == ended
            ? $"Stripe has {stripe.Value:N0} micro-dollars: exactly those of the buckets that say so."
            : $"WRONG: Stripe has {stripe.Value:N0} micro-dollars in {stripe.Events:N0} events, the buckets say {sent:N0} in {ended:N0}.");
    }

    private static void Row(string what, long number, double seconds, double cpu) =>
        Console.WriteLine($"| {what} | {number:N0} | {seconds:N1} | **{number / seconds:N0}** | {cpu * 1e6 / Math.Max(1, number):N0} | {PeakMiB()} |");

    private static double CpuSeconds()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    private static string PeakMiB()
    {
        using var self = Process.GetCurrentProcess();
        return $"{self.PeakWorkingSet64 >> 20:N0}";
    }

    /// <summary>By the system's own copy, which shares the blocks where the file system can.</summary>
    private static async Task CopyAsync(string source, string folder)
    {
        using var copy = Process.Start(new ProcessStartInfo("cp", ["--reflink=auto", Path.Combine(source, "budgetproxy.db"), folder]) { UseShellExecute = false })!;
        await copy.WaitForExitAsync();
        if (copy.ExitCode != 0)
            throw new InvalidOperationException($"cp ended with {copy.ExitCode}.");
    }
}
