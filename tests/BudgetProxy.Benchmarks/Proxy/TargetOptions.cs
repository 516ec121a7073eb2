namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>How targets are started.</summary>
/// <param name="Delay">How long the provider thinks before it answers.</param>
/// <param name="StoreDeadline">How long one call to Redis may take; null = as long as the proxy gives it by itself.</param>
internal sealed record TargetOptions(TimeSpan Delay, TimeSpan? StoreDeadline)
{
    /// <summary>From <c>--delay-ms</c> and <c>--deadline-ms</c>.</summary>
    public static TargetOptions Of(Arguments arguments) => new(
        TimeSpan.FromMilliseconds(arguments.Number("delay-ms", 0)),
        arguments.Has("deadline-ms") ? TimeSpan.FromMilliseconds(arguments.Number("deadline-ms", 0)) : null);
}
