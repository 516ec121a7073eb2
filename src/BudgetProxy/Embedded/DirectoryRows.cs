using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Tenants;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>How the directory's values stand in rows.</summary>
internal static class DirectoryRows
{
    public static DirectoryContent ReadAll(SqliteConnection connection)
    {
        var tenants = connection.Query(
            "SELECT id, name, plan, timezone, stripe_customer_id, markup_basis_points, allowed_models, max_call, suspended FROM tenants", ReadTenant);
        var zones = tenants.ToDictionary(tenant => tenant.Id, tenant => tenant.Zone, StringComparer.Ordinal);
        var budgets = connection.Query(
            """
            SELECT tenant, name, per, match, limit_kind, limit_amount, window, timezone, mode, admission, alert_at
            FROM budgets WHERE tenant IN (SELECT id FROM tenants) ORDER BY position
            """,
            row => ReadBudget(row, zones[row.GetString(0)])).ToLookup(budget => budget.Tenant, StringComparer.Ordinal);
        var keys = connection.Query(
            """
            SELECT id, tenant, name, prefix, sha256, pinned_user, pinned_project, allowed_models, expires_at, created_at, revoked
            FROM virtual_keys ORDER BY id
            """,
            ReadKey);
        var adminKeys = connection.Query("SELECT id, name, role, prefix, sha256, created_at FROM admin_keys", ReadAdminKey);
        return new DirectoryContent([.. tenants.Select(tenant => tenant with { Budgets = [.. budgets[tenant.Id]] })], keys, adminKeys);
    }

    public static string Json(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts, DirectoryJson.Default.IReadOnlyListString);

    public static string Json(IReadOnlyList<int> numbers) => JsonSerializer.Serialize(numbers, DirectoryJson.Default.IReadOnlyListInt32);

    /// <summary>Conditions as pairs of dimension and pattern, in their order.</summary>
    public static string Json(IReadOnlyList<BudgetMatch> conditions) =>
        Json([.. conditions.SelectMany(condition => new[] { condition.Dimension.Name(condition.Tag), condition.Pattern })]);

    public static string Name<TEnum>(TEnum value)
        where TEnum : struct, Enum => value.ToString().ToLowerInvariant();

    private static Tenant ReadTenant(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.TextOrNull(1),
        Plan = row.TextOrNull(2),
        TimeZone = row.TextOrNull(3),
        StripeCustomerId = row.TextOrNull(4),
        MarkupBasisPoints = row.GetInt32(5),
        AllowedModels = Texts(row.GetString(6)),
        MaxCall = row.IsDBNull(7) ? null : new NanoUsd(row.GetInt64(7)),
        Suspended = row.GetBoolean(8),
    };

    private static StoredKey ReadKey(SqliteDataReader row) => new(
        new VirtualKey
        {
            Id = row.GetString(0),
            Tenant = row.GetString(1),
            Name = row.GetString(2),
            Prefix = row.GetString(3),
            User = row.TextOrNull(5),
            Project = row.TextOrNull(6),
            AllowedModels = Texts(row.GetString(7)),
            ExpiresAt = row.IsDBNull(8) ? null : row.Instant(8),
            CreatedAt = row.Instant(9),
            Revoked = row.GetBoolean(10),
        },
        new KeyHash(row.GetFieldValue<byte[]>(4)));

    private static AdminKey ReadAdminKey(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), Enum.Parse<AdminRole>(row.GetString(2), ignoreCase: true), row.GetString(3), row.Instant(5),
        new KeyHash(row.GetFieldValue<byte[]>(4)));

    private static Budget ReadBudget(SqliteDataReader row, TimeZoneInfo tenantZone)
    {
        var ownZone = row.TextOrNull(7);
        var zone = ownZone is null ? tenantZone : TimeZoneInfo.FindSystemTimeZoneById(ownZone);
        (BudgetDimension? per, var perTag) = row.TextOrNull(2) is { } text ? Dimension(text) : default((BudgetDimension?, string?));
        return new Budget
        {
            Tenant = row.GetString(0),
            Name = row.GetString(1),
            Per = per,
            PerTag = perTag,
            Match = Conditions(row.GetString(3)),
            LimitKind = Enum.Parse<LimitKind>(row.GetString(4), ignoreCase: true),
            Limit = row.GetInt64(5),
            Window = BudgetWindow.TryParse(row.GetString(6), zone, out var window)
                ? window
                : throw new FormatException("The window of a stored budget."),
            InheritsTimeZone = ownZone is null,
            Mode = Enum.Parse<BudgetMode>(row.GetString(8), ignoreCase: true),
            Admission = Enum.Parse<Admission>(row.GetString(9), ignoreCase: true),
            AlertAtPercent = JsonSerializer.Deserialize(row.GetString(10), DirectoryJson.Default.IReadOnlyListInt32)!,
        };
    }

    private static IReadOnlyList<BudgetMatch> Conditions(string json) =>
        [.. Texts(json).Chunk(2).Select(pair => Condition(pair[0], pair[1]))];

    private static BudgetMatch Condition(string name, string pattern)
    {
        var (dimension, tag) = Dimension(name);
        return new BudgetMatch(dimension, tag, pattern);
    }

    private static (BudgetDimension Dimension, string? Tag) Dimension(string text) =>
        DimensionNames.TryParse(text, out var dimension, out var tag)
            ? (dimension, tag)
            : throw new FormatException("The dimension of a stored budget.");

    private static IReadOnlyList<string> Texts(string json) => JsonSerializer.Deserialize(json, DirectoryJson.Default.IReadOnlyListString)!;
}
