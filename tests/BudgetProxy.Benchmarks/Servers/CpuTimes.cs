namespace BudgetProxy.Benchmarks.Servers;

/// <summary>CPU time by whose it is; of stores that a target does not have, zero.</summary>
/// <param name="Servers">The proxies, or whatever else is measured.</param>
internal readonly record struct CpuTimes(TimeSpan Servers, TimeSpan Redis, TimeSpan Postgres)
{
    public static CpuTimes operator -(CpuTimes left, CpuTimes right) =>
        new(left.Servers - right.Servers, left.Redis - right.Redis, left.Postgres - right.Postgres);

    public static CpuTimes operator /(CpuTimes times, long calls) => new(times.Servers / calls, times.Redis / calls, times.Postgres / calls);
}
