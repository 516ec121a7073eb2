using System.Buffers.Binary;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;

namespace BudgetProxy.Benchmarks.Insight;

/// <summary>
/// A large installation, made up, the same for the same sizes and end: few tenants spend much and many little, each in some models, by users of its own. Prices
/// are those of the shipped card.
/// </summary>
/// <param name="days">Days up to the end that the entries are spread over, evenly.</param>
internal sealed class SeedPlan(int tenants, int budgetsPerTenant, long entries, DateTimeOffset end, int days = SeedPlan.Days)
{
    /// <summary>The days of a plan that says none.</summary>
    public const int Days = 60;

    private const string Anthropic = "anthropic";

    private static readonly string[] Models = ["gpt-4o-mini", "gpt-4o", "gpt-4.1-mini", "claude-haiku-4-5", "claude-sonnet-4-5", "gpt-4.1"];
    private static readonly WindowKind[] Windows = [WindowKind.Month, WindowKind.Day, WindowKind.Week, WindowKind.Day, WindowKind.Hour];

    private readonly Dictionary<string, Rate> _rates = Models.ToDictionary(
        model => model,
        model => RateCard.Shipped.Find(model.StartsWith("claude", StringComparison.Ordinal) ? Provider.Anthropic : Provider.OpenAi, model, end)
            ?? throw new InvalidOperationException($"The card has no row for {model}."),
        StringComparer.Ordinal);

    private readonly Random _random = new(20260701);

    public int Tenants => tenants;

    public long Entries => entries;

    public DateTimeOffset End => end;

    public static string TenantId(int number) => $"t{number:00000}";

    public static string KeyId(int tenant, int key) => $"key_{tenant:x8}{key:x8}";

    public Tenant Tenant(int number) => new()
    {
        Id = TenantId(number),
        Name = $"{Word(number)} {Word(number / 7 + 3)} {(number % 3 == 0 ? "Ltd" : "Inc")}",
        MarkupBasisPoints = number % 4 * 500,
    };

    public StoredKey Key(int tenant, int number)
    {
        var hash = new byte[32];
        BinaryPrimitives.WriteInt32LittleEndian(hash, tenant);
        BinaryPrimitives.WriteInt32LittleEndian(hash.AsSpan(4), number + 1);
        return new StoredKey(
            new VirtualKey { Id = KeyId(tenant, number), Tenant = TenantId(tenant), Name = $"key {number}", Prefix = "bp_seeded", CreatedAt = end.AddDays(-days) }, new KeyHash(hash));
    }

    public IEnumerable<Budget> Budgets(int tenant)
    {
        for (var i = 0; i < budgetsPerTenant; i++)
        {
            yield return new Budget
            {
                Tenant = TenantId(tenant),
                Name = i == 0 ? "monthly" : $"budget-{i}",
                LimitKind = i % 5 == 4 ? LimitKind.Requests : LimitKind.Usd,
                Limit = i % 5 == 4 ? 1_000 + (tenant % 100) : (1 + (tenant + i) % 500) * NanoUsd.PerUsd,
                Per = i % 5 == 3 ? BudgetDimension.User : null,
                Match = i == 0 ? [] : i % 3 == 0 ? [new BudgetMatch(BudgetDimension.Model, null, "gpt-4*")] : [],
                Window = new BudgetWindow(Windows[i % Windows.Length], TimeSpan.Zero, TimeZoneInfo.Utc),
                AlertAtPercent = [80, 100],
            };
        }
    }

    /// <summary>All entries in settling order, each made when it is asked for. To be read once.</summary>
    public IEnumerable<LedgerEntry> Ledger()
    {
        var begin = end.AddDays(-days).ToUnixTimeMilliseconds();
        var span = days * 86_400_000L;
        for (var i = 0L; i < entries; i++)
            yield return Entry(i, DateTimeOffset.FromUnixTimeMilliseconds(begin + (long)((Int128)span * i / entries)));
    }

    private static string Word(int number) => new[] { "Acorn", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Glade", "Heron", "Iris", "Juno", "Kite", "Lumen", "Maple" }[number % 13];

    private LedgerEntry Entry(long number, DateTimeOffset at)
    {
        // The cube of an even draw: one in two hundred tenants makes a sixth of the calls.
        var draw = _random.NextDouble();
        var tenant = (int)(draw * draw * draw * tenants);
        var user = _random.Next(tenant < 10 ? 2_000 : 5 + (tenant % 20));
        var model = Models[(tenant + _random.Next(3)) % Models.Length];
        var cached = _random.Next(3) == 0 ? _random.Next(2_000) : 0;
        var usage = new Usage { Input = 200 + _random.Next(3_000), CachedInput = cached, Output = 20 + _random.Next(900) };
        var rate = _rates[model];
        var cost = rate.Price(usage, ServiceTier.Standard, regional: false, Rounding.HalfEven);
        var reserved = new NanoUsd(cost.Value + (_random.Next(200) == 0 ? -cost.Value / 10 : _random.NextInt64(cost.Value + 1)));
        var id = Id(number, at);
        return new LedgerEntry
        {
            Id = id,
            RequestId = id,
            Tenant = TenantId(tenant),
            Key = KeyId(tenant, user % 3),
            User = user % 11 == 0 ? null : $"user-{user}",
            Project = user % 4 == 0 ? null : $"project-{user % 4}",
            Provider = model.StartsWith("claude", StringComparison.Ordinal) ? Anthropic : "openai",
            Api = model.StartsWith("claude", StringComparison.Ordinal) ? "messages" : "chat/completions",
            Model = model,
            ServedModel = model,
            Rate = rate.Id,
            Basis = UsageBasis.Reported,
            Usage = usage,
            Cost = cost,
            Charged = cost.WithMarkup(tenant % 4 * 500),
            Reserved = reserved,
            Overrun = NanoUsd.Max(NanoUsd.Zero, cost - reserved),
            Streamed = number % 2 == 0,
            Status = 200,
            Tier = ServiceTier.Standard,
            Regional = false,
            MarkupBasisPoints = tenant % 4 * 500,
            StartedAt = at.AddSeconds(-1),
            SettledAt = at,
        };
    }

    /// <summary>A UUIDv7 of the instant and the number.</summary>
    private static Guid Id(long number, DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], number);
        bytes[6] = 0x70;
        bytes[8] = 0x80;
        return new Guid(bytes, bigEndian: true);
    }
}
