using System.ComponentModel;
using BudgetProxy.Benchmarks.Batches;
using BudgetProxy.Benchmarks.Billing;
using BudgetProxy.Benchmarks.Counting;
using BudgetProxy.Benchmarks.Insight;
using BudgetProxy.Benchmarks.Metering;
using BudgetProxy.Benchmarks.Pricing;
using BudgetProxy.Benchmarks.Proxy;
using BudgetProxy.Benchmarks.Statements;
using BudgetProxy.Benchmarks.Store;

try
{
    return await RunAsync(args);
}
catch (Exception e) when (e is InvalidOperationException or Win32Exception)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

static async Task<int> RunAsync(string[] args) => args switch
{
    ["proxy", .. var rest] => await ProxyBenchmark.RunAsync(Arguments.Parse(rest)),
    ["document", .. var rest] => await DocumentBenchmark.RunAsync(Arguments.Parse(rest)),
    ["memory", .. var rest] => await MemoryBenchmark.RunAsync(Arguments.Parse(rest)),
    ["provider", .. var rest] => await ProviderHost.RunAsync(Arguments.Parse(rest)),
    ["yarp", .. var rest] => await BareYarp.RunAsync(Arguments.Parse(rest)),
    ["load", .. var rest] => await LoadCommand.RunAsync(Arguments.Parse(rest)),
    ["batch", .. var rest] => await BatchBenchmark.RunAsync(Arguments.Parse(rest)),
    ["metering"] => MeteringBenchmark.Run(),
    ["store", .. var rest] => await StoreBenchmark.RunAsync(Arguments.Parse(rest)),
    ["seed", .. var rest] => await SeedCommand.RunAsync(Arguments.Parse(rest)),
    ["insight", .. var rest] => await InsightBenchmark.RunAsync(Arguments.Parse(rest)),
    ["rollup", .. var rest] => await RollUpBenchmark.RunAsync(Arguments.Parse(rest)),
    ["billing", .. var rest] => await BillingBenchmark.RunAsync(Arguments.Parse(rest)),
    ["statement", .. var rest] => await StatementBenchmark.RunAsync(Arguments.Parse(rest)),
    ["pricing"] => PricingBenchmark.Run(),
    ["counting"] => CountingBenchmark.Run(),
    ["counting-load"] => LoadMeasure.Run(),
    _ => PrintUsage(),
};

static int PrintUsage()
{
    Console.WriteLine("""
        proxy [--quick] [--rounds 3] [--seconds 4] [--targets direct,yarp,proxy,distributed,distributed2] [--callers N] [--delay-ms 0] [--deadline-ms 250]
        proxy --only proxy --callers 128 --body 1024 --seconds 10 [--stream]
        document [--rounds 3] [--seconds 3] [--body 409600]
        memory [--calls 1000000] [--sample 50000] [--target proxy] [--stream]
        provider --port 9000 [--fast] [--output 12] [--delay-ms 0] [--chunk-delay-ms 0]
        batch [--lines 50000] [--body 2000] [--rounds 3]
        metering
        store [--targets embedded,distributed] [--seconds 3] [--quick] [--deadline-ms 250]
        seed --data folder | --postgres connection [--tenants 10000] [--budgets 10] [--entries 10000000]
        billing --data folder [--send-seconds 60]
        statement [--entries 1000000]
        rollup [--seconds 3] [--only pairs | append | postgres]
        insight --data folder [--rounds 40] [--seconds 10]
        pricing
        counting
        See README.md beside this project.
        """);
    return 1;
}
