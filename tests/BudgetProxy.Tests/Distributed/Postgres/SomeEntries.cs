using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Distributed;
using BudgetProxy.Ledger;

namespace BudgetProxy.Tests.Distributed.Postgres;

/// <summary>Ledger entries made up at random, the same for the same seed.</summary>
internal sealed class SomeEntries(int seed)
{
    private static readonly string?[] Users = [null, "", "ann", "Ann", "bob", "Älice", "zoë", "😀", "a*"];
    private static readonly string?[] Projects = [null, "alpha", "Beta"];
    private static readonly string[] Models = ["gpt-4o", "gpt-4o-mini", "claude-x", "GPT-4o"];

    private readonly Random _random = new(seed);

    public static LedgerEntry One(Guid id, DateTimeOffset at) => new()
    {
        Id = id,
        RequestId = id,
        Tenant = "acme",
        Key = "key_1",
        Provider = "openai",
        Api = "chat/completions",
        Model = "gpt-4o",
        Basis = UsageBasis.Reported,
        Usage = Usage.Inclusive(10, 0, 0, 0, 5),
        Cost = new NanoUsd(100),
        Charged = new NanoUsd(115),
        Reserved = new NanoUsd(200),
        Overrun = NanoUsd.Zero,
        Status = 200,
        StartedAt = at,
        SettledAt = at,
        Prepaid = false,
    };

    /// <summary>Entries in settling order, each with its place.</summary>
    /// <param name="spread">How far before <paramref name="until"/> they may have started.</param>
    public List<PlacedEntry> Make(int count, DateTimeOffset until, TimeSpan spread, params string[] tenants)
    {
        var entries = new List<LedgerEntry>();
        while (entries.Count < count)
            entries.Add(Entry(Pick(tenants), until - TimeSpan.FromMilliseconds(_random.NextInt64((long)spread.TotalMilliseconds)), entries));
        return [.. entries.OrderBy(entry => entry.SettledAt).Select((entry, i) => new PlacedEntry(entry, new Place(i / 50, i)))];
    }

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    public int Next(int below) => _random.Next(below);

    private LedgerEntry Entry(string tenant, DateTimeOffset started, List<LedgerEntry> earlier)
    {
        var first = _random.Next(8) == 0 && earlier.Count > 0 ? Pick(earlier) : null;
        if (first is not null && (first.Adjusts is not null || earlier.Exists(entry => entry.Adjusts == first.Id)))
            first = null;
        var model = Pick(Models);
        return new LedgerEntry
        {
            Id = Guid.CreateVersion7(started),
            RequestId = Guid.CreateVersion7(started),
            Adjusts = first?.Id,
            Prepaid = first?.Prepaid ?? (started.ToUnixTimeMilliseconds() % 4 == 0),
            Tenant = first?.Tenant ?? tenant,
            Key = "key_" + _random.Next(3),
            User = Pick(Users),
            Project = Pick(Projects),
            Run = _random.Next(3) == 0 ? "run " + _random.Next(4) : null,
            Tags = Tags(),
            Provider = model.StartsWith('c') ? "anthropic" : "openai",
            Api = "chat/completions",
            Model = model,
            ServedModel = _random.Next(2) == 0 ? null : model + "-2024",
            Rate = _random.Next(9) == 0 ? null : $"openai/{model}@2024-08-06",
            Basis = (UsageBasis)_random.Next(4),
            Usage = new Usage
            {
                Input = _random.Next(-50, 5_000),
                CachedInput = _random.Next(100),
                CacheWriteShort = _random.Next(10),
                CacheWriteLong = _random.Next(10),
                Output = _random.Next(900),
                Reasoning = _random.Next(9),
                AudioInput = _random.Next(9),
                AudioOutput = _random.Next(9),
                ImageInput = _random.Next(9),
                ToolCalls = _random.Next(3),
                ImageOutput = _random.Next(9),
                FileSearches = _random.Next(3),
                CodeSessions = _random.Next(2),
            },
            Cost = new NanoUsd(_random.NextInt64(-1_000, NanoUsd.MaxLimit.Value)),
            Charged = new NanoUsd(_random.NextInt64(NanoUsd.MaxLimit.Value)),
            Reserved = new NanoUsd(_random.NextInt64(NanoUsd.MaxLimit.Value)),
            Overrun = new NanoUsd(_random.Next(1_000)),
            Streamed = _random.Next(2) == 0,
            Status = Pick((int[])[0, 200, 429]),
            Tier = Pick((ServiceTier?[])[null, ServiceTier.Standard, ServiceTier.Batch, ServiceTier.Flex, ServiceTier.Fast]),
            Regional = Pick((bool?[])[null, false, true]),
            MarkupBasisPoints = Pick((int?[])[null, 0, -10_000, 1_500]),
            UnknownBucket = _random.Next(2) == 0,
            StartedAt = first?.StartedAt ?? Milliseconds(started),
            SettledAt = Milliseconds((first?.SettledAt ?? started).AddSeconds(_random.Next(100))),
        };
    }

    private List<KeyValuePair<string, string>> Tags()
    {
        var tags = new List<KeyValuePair<string, string>>();
        foreach (var name in new[] { "team", "z \"1\"", "a" })
        {
            if (_random.Next(2) == 0)
                tags.Add(new(name, Pick((string[])["", "red", "réd", "\\"])));
        }

        return tags;
    }

    private static DateTimeOffset Milliseconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
}
