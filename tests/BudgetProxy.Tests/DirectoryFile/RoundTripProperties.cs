using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.DirectoryFile;
using BudgetProxy.Tenants;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary>Whatever the directory holds, its export is a file that changes nothing.</summary>
public sealed class RoundTripProperties
{
    private static readonly string[] Awkward =
    [
        "true", "null", "~", "yes", "off", "1", "0x10", "1e3", "-", "- a", "a: b", "a #b", "#a", "*", "*a", "&a", "!a", "{a}", "[a]", "'a'", "\"a\"", "a\\b", " a", "a ", "%a", "@a", "`a", "2026-01-01",
        "2026-01-01T00:00:00Z", "é😀", "a\u2028b", "\uFEFFa", "a,b", "?", "? a", "|", ">", "=", "<<", "a\u00A0b", ".inf", "0o7", "1_0", "12:30", "---", "...", "gpt-4o*", "y", "\uFFFE",
    ];

    private static readonly string[] Zones = ["Europe/Berlin", "Asia/Tokyo", "UTC", "America/New_York"];

    private static readonly string[] Customers = ["cus_NffrFeUfNV2Hib", "cus_1", "cus_a_b"];

    private static readonly string[] Windows = ["minute", "hour", "day", "week", "month", "quarter", "year", "lifetime", "rolling:P30D", "rolling:PT6H", "rolling:PT90S"];

    [Fact]
    public void An_export_planned_is_empty_with_and_without_prune() =>
        Prop.ForAll(Directories().ToArbitrary(), directory =>
        {
            var yaml = Export(directory);
            var wanted = FileText.Read(yaml, out var errors);
            Assert.True(!errors.Any, $"{string.Join('\n', errors.Errors)}\n{yaml}");
            foreach (var prune in new[] { false, true })
            {
                var plan = DirectoryPlanner.Make(directory, wanted, FileText.Context(prune), errors);
                Assert.True(plan.Changes.Count == 0 && !errors.Any, $"{string.Join('\n', plan.Changes)}\n{yaml}");
            }

            // And from nothing it plans all of it.
            var whole = DirectoryPlanner.Make(DirectorySnapshot.Empty, wanted, FileText.Context(prune: false), errors);
            Assert.Equal(directory.Tenants.Count(), whole.Changes.Count(change => change is { Kind: "tenant", Action: "create" }));
            Assert.Equal(directory.Tenants.Sum(tenant => tenant.Budgets.Count), whole.Changes.Count(change => change.Kind == "budget"));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void An_empty_directory_is_a_file_too()
    {
        Assert.EndsWith("tenants: {}\n", Export(DirectorySnapshot.Empty), StringComparison.Ordinal);
        FileText.Read(Export(DirectorySnapshot.Empty), out var errors);
        Assert.Empty(errors.Errors);
    }

    internal static string Export(DirectorySnapshot directory)
    {
        using var text = new StringWriter();
        DirectoryExport.WriteAsync(directory, text, CancellationToken.None).GetAwaiter().GetResult();
        return text.ToString();
    }

    private static Gen<string?> Maybe(Gen<string> text) => Gen.Frequency((2, Gen.Constant<string?>(null)), (3, text.Select(one => (string?)one)));

    private static Gen<string> Texts() => Gen.Elements(Awkward).Where(text => DirectoryRules.TextProblem(text) is null);

    private static Gen<IReadOnlyList<string>> Lists() => Gen.ListOf(Texts()).Select(list => (IReadOnlyList<string>)[.. list.Take(4)]);

    internal static Gen<DirectorySnapshot> Directories() => Gen.Zip(Gen.ListOf(Tenants()), Gen.ListOf(Plans())).Select(both =>
    {
        var (list, plans) = (both.Item1, both.Item2.Take(3).Select((plan, i) => plan with { Id = "p" + i }).ToList());
        var tenants = list.Take(5).Select((tenant, i) => Named(tenant.Tenant, $"t{i}", tenant.Budgets)).ToList();
        var keys = list.Take(5).SelectMany((tenant, i) => tenant.Keys.Select((key, j) => new StoredKey(
            key with { Id = $"key_{i}_{j}", Tenant = $"t{i}" }, KeyHash.Of($"{i} {j}")))).ToList();
        return DirectorySnapshot.Of(new DirectoryContent(tenants, keys, [], plans));
    });

    private static Tenant Named(Tenant tenant, string id, List<Budget> budgets)
    {
        tenant = tenant with { Id = id };
        return tenant with
        {
            Budgets =
            [
                .. budgets.Select((budget, i) => budget with
                {
                    Tenant = id,
                    Name = i % 2 == 0 ? $"b {i}" : i + "e1",
                    Window = budget.InheritsTimeZone ? budget.Window with { TimeZone = tenant.Zone } : budget.Window,
                }),
            ],
        };
    }

    private static Gen<(Tenant Tenant, List<Budget> Budgets, List<VirtualKey> Keys)> Tenants() =>
        from name in Maybe(Texts())
        from zone in Maybe(Gen.Elements(Zones))
        from stripe in Maybe(Gen.Elements(Customers))
        from markup in Gen.Choose(0, 100_000)
        from models in Lists()
        from maxCall in Gen.Choose(0, 2_000_000_000)
        from suspended in Gen.Elements(true, false)
        from budgets in Gen.ListOf(Budgets())
        from keys in Gen.ListOf(Keys())
        select (
            new Tenant
            {
                Id = "x",
                Name = name,
                TimeZone = zone,
                StripeCustomerId = stripe,
                MarkupBasisPoints = markup % 3 == 0 ? 0 : markup,
                AllowedModels = models,
                MaxCall = maxCall % 3 == 0 ? null : new NanoUsd(maxCall),
                Suspended = suspended,
            },
            budgets.Take(6).ToList(),
            keys.Take(5).ToList());

    private static Gen<Plan> Plans() =>
        from models in Lists()
        from kind in Gen.Elements(LimitKind.Usd, LimitKind.Requests, LimitKind.Tokens)
        from amount in Gen.Choose(-1_000, int.MaxValue)
        from budgets in Gen.ListOf(Budgets())
        select new Plan
        {
            Id = "x",
            AllowedModels = models,
            Included = amount < 0 ? null : new Included(kind, amount),
            Budgets = [.. budgets.Take(3).Select((budget, i) => budget with
            {
                Tenant = "",
                Name = "b" + i,
                Window = budget.InheritsTimeZone ? budget.Window with { TimeZone = TimeZoneInfo.Utc } : budget.Window,
            })],
        };

    private static Gen<Budget> Budgets() =>
        from kind in Gen.Elements(Enum.GetValues<LimitKind>())
        from limit in Gen.Choose(0, int.MaxValue)
        from window in Gen.Elements(Windows)
        from zone in Maybe(Gen.Elements(Zones))
        from per in Gen.Elements<BudgetDimension?>(null, BudgetDimension.User, BudgetDimension.Tag, BudgetDimension.Run, BudgetDimension.Key)
        from patterns in Gen.ListOf(Texts())
        from mode in Gen.Elements(Enum.GetValues<BudgetMode>())
        from alerts in Gen.ListOf(Gen.Choose(1, 1_000))
        select new Budget
        {
            Tenant = "x",
            Name = "x",
            Per = per,
            PerTag = per == BudgetDimension.Tag ? "team 1: x" : null,
            Match = [.. patterns.Take(3).Select((pattern, i) => new BudgetMatch(i == 0 ? BudgetDimension.Model : BudgetDimension.Tag, i == 0 ? null : $"tag.{i} #x", pattern))],
            LimitKind = kind,
            Limit = kind.IsMoney() ? limit * 1_000_003L : limit,
            Window = BudgetWindow.TryParse(window, TimeZoneInfo.FindSystemTimeZoneById(zone ?? "UTC"), out var parsed) ? parsed : throw new InvalidOperationException(window),
            InheritsTimeZone = zone is null,
            Mode = mode,
            AlertAtPercent = [.. alerts.Take(5).Distinct().Order()],
        };

    private static Gen<VirtualKey> Keys() =>
        from name in Gen.Frequency((1, Gen.Constant("same")), (3, Texts()))
        from user in Maybe(Texts())
        from project in Maybe(Texts())
        from models in Lists()
        from days in Gen.Choose(0, 4_000)
        from prefix in Gen.Elements("", "bp_AbCdEfGh")
        from revoked in Gen.Elements(false, false, true)
        select new VirtualKey
        {
            Id = "x",
            Tenant = "x",
            Name = name,
            Prefix = prefix,
            User = user,
            Project = project,
            AllowedModels = models,
            ExpiresAt = days % 2 == 0 ? null : new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(days).AddMilliseconds(days),
            Revoked = revoked,
        };
}
