using BudgetProxy.Benchmarks.Proxy;

namespace BudgetProxy.Benchmarks.Insight;

/// <summary><c>seed</c>: writes a large installation into an empty data directory or an empty Postgres database.</summary>
internal static class SeedCommand
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var now = TimeProvider.System.GetUtcNow();
        var plan = new SeedPlan(
            arguments.Number("tenants", 10_000), arguments.Number("budgets", 10), arguments.Number("entries", 10_000_000), DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()),
            arguments.Number("days", SeedPlan.Days));
        if (arguments.Has("postgres"))
            await PostgresSeeder.RunAsync(plan, arguments.Text("postgres", ""));
        else if (arguments.Has("data"))
            await EmbeddedSeeder.RunAsync(plan, arguments.Text("data", ""));
        else
            throw new InvalidOperationException("Give --data {folder} or --postgres {connection string}.");
        return 0;
    }
}
