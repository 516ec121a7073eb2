using BudgetProxy.Audit;
using BudgetProxy.Billing;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Embedded;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Billing;

/// <summary>Tenants whose entries are cut, beside what a naive walk over all entries says of them.</summary>
internal sealed class CutScene : IAsyncDisposable
{
    public const string Money = "money";
    public const string Units = "units";

    private readonly TempFolder _folder = new();
    private readonly EmbeddedDatabase _directoryDatabase;
    private readonly EmbeddedStore _directoryBooks;

    private CutScene(IBillingStoreFactory factory, BillingLease lease)
    {
        (Factory, Lease) = (factory, lease);
        _directoryDatabase = new EmbeddedDatabase(_folder.Path);
        _directoryBooks = new EmbeddedStore(_directoryDatabase, new TestClock());
        Directory = new TenantDirectory(new SqliteDirectoryStore(_directoryDatabase), _directoryBooks, TimeProvider.System);
    }

    public IBillingStoreFactory Factory { get; }

    public BillingLease Lease { get; }

    public TenantDirectory Directory { get; }

    public static async Task<CutScene> CreateAsync(IBillingStoreFactory factory)
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var lease = await factory.Buckets.TakeLeaseAsync(Guid.CreateVersion7(now), now, now.AddYears(9), default);
        var scene = new CutScene(factory, lease!.Value);
        await scene.Directory.StartAsync("an-admin-key-of-tests", default);
        return scene;
    }

    /// <summary>Where the last case ended.</summary>
    public DateTimeOffset Now { get; set; } = new(2026, 3, 30, 20, 0, 0, TimeSpan.Zero);

    public BucketCutter Cutter(IReadOnlyList<BillingMeter> meters, IAccrualStore? store = null) =>
        new(store ?? Factory.Accruals, _directoryBooks, Directory, meters, NullLogger<BucketCutter>.Instance);

    /// <summary>Puts a tenant on a plan of its own.</summary>
    public async Task PutAsync(string tenant, Included? included, bool isPrepaid)
    {
        var edit = new Edit(AuditActor.Proxy);
        await Directory.PutPlanAsync(
            new Plan { Id = "plan-" + tenant, Included = included, Billing = isPrepaid ? PlanBilling.Prepaid : PlanBilling.Metered }, edit, default);
        await Directory.PutTenantAsync(new Tenant { Id = tenant, Plan = "plan-" + tenant, StripeCustomerId = "cus_" + tenant }, edit, default);
    }

    public static LedgerEntry Entry(string tenant, DateTimeOffset at, (long Charged, long Cost, long Tokens) amounts, Guid? adjusts = null) => new()
    {
        Id = Guid.CreateVersion7(at),
        RequestId = Guid.CreateVersion7(at),
        Tenant = tenant,
        Key = "key_1",
        Provider = "openai",
        Api = "openai-chat",
        Model = "gpt-4o-mini",
        Basis = UsageBasis.Reported,
        Usage = new Usage { Input = amounts.Tokens },
        Cost = new NanoUsd(amounts.Cost),
        Charged = new NanoUsd(amounts.Charged),
        Reserved = NanoUsd.Zero,
        Overrun = NanoUsd.Zero,
        StartedAt = at,
        SettledAt = at,
        Adjusts = adjusts,
    };

    public async ValueTask DisposeAsync()
    {
        Directory.Dispose();
        _directoryBooks.Dispose();
        _directoryDatabase.Dispose();
        _folder.Dispose();
        await Factory.DisposeAsync();
    }
}
