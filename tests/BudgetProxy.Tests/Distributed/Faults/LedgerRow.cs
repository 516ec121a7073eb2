using System.Globalization;
using System.Text.Json;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>A ledger entry as the admin API gives it, as far as the invariants care.</summary>
/// <param name="Cost">Nano-dollars; below zero where it takes back.</param>
/// <param name="Charged">Nano-dollars that the customer is charged.</param>
/// <param name="Overrun">Nano-dollars above what was reserved.</param>
/// <param name="Tokens">Input, caches and output.</param>
internal sealed record LedgerRow(
    string Id, string RequestId, string Tenant, string? User, string? Project, string? Run, string Basis, long Cost, long Charged, long Overrun, long Tokens,
    DateTimeOffset StartedAt, DateTimeOffset SettledAt, string? Adjusts)
{
    public static LedgerRow Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        var entry = json.RootElement;
        var tokens = entry.GetProperty("tokens");
        return new LedgerRow(
            Text(entry, "id")!,
            Text(entry, "requestId")!,
            Text(entry, "tenant")!,
            Text(entry, "user"),
            Text(entry, "project"),
            Text(entry, "run"),
            Text(entry, "basis")!,
            Nano(entry, "costUsd"),
            Nano(entry, "chargedUsd"),
            Nano(entry, "overrunUsd"),
            new[] { "input", "cachedInput", "cacheWriteShort", "cacheWriteLong", "output" }.Sum(name => tokens.GetProperty(name).GetInt64()),
            DateTimeOffset.Parse(Text(entry, "startedAt")!, CultureInfo.InvariantCulture),
            DateTimeOffset.Parse(Text(entry, "settledAt")!, CultureInfo.InvariantCulture),
            Text(entry, "adjusts"));
    }

    /// <summary>A decimal string of USD in nano-dollars.</summary>
    public static long Nano(JsonElement element, string name) =>
        (long)(decimal.Parse(element.GetProperty(name).GetString()!, CultureInfo.InvariantCulture) * 1_000_000_000m);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
