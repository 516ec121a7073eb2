using BudgetProxy.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>The directory's tables as <c>migrations/postgres</c> makes them; EF Core maps to them and owns none.</summary>
internal sealed class DirectoryContext(DbContextOptions<DirectoryContext> options) : DbContext(options)
{
    public DbSet<TenantRow> Tenants => Set<TenantRow>();

    public DbSet<KeyRow> Keys => Set<KeyRow>();

    public DbSet<BudgetRow> Budgets => Set<BudgetRow>();

    public DbSet<BudgetActRow> Acts => Set<BudgetActRow>();

    public DbSet<AdminKeyRow> AdminKeys => Set<AdminKeyRow>();

    public DbSet<PlanRow> Plans => Set<PlanRow>();

    public DbSet<ChangeRow> Changes => Set<ChangeRow>();

    /// <param name="connection">Open; it stays open.</param>
    public static DirectoryContext On(NpgsqlConnection connection) =>
        new(new DbContextOptionsBuilder<DirectoryContext>().UseNpgsql(connection).Options);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<TenantRow>(row =>
        {
            row.ToTable("tenants").HasKey(tenant => tenant.Id);
            row.Property(tenant => tenant.Id).HasColumnName("id");
            row.Property(tenant => tenant.Name).HasColumnName("name");
            row.Property(tenant => tenant.Plan).HasColumnName("plan");
            row.Property(tenant => tenant.TimeZone).HasColumnName("timezone");
            row.Property(tenant => tenant.StripeCustomerId).HasColumnName("stripe_customer_id");
            row.Property(tenant => tenant.MarkupBasisPoints).HasColumnName("markup_basis_points");
            row.Property(tenant => tenant.AllowedModels).HasColumnName("allowed_models");
            row.Property(tenant => tenant.MaxCall).HasColumnName("max_call");
            row.Property(tenant => tenant.Suspended).HasColumnName("suspended");
        });
        modelBuilder.Entity<KeyRow>(row =>
        {
            row.ToTable("virtual_keys").HasKey(key => key.Id);
            row.Property(key => key.Id).HasColumnName("id");
            row.Property(key => key.Tenant).HasColumnName("tenant");
            row.Property(key => key.Name).HasColumnName("name");
            row.Property(key => key.Prefix).HasColumnName("prefix");
            row.Property(key => key.Sha256).HasColumnName("sha256");
            row.Property(key => key.PinnedUser).HasColumnName("pinned_user");
            row.Property(key => key.PinnedProject).HasColumnName("pinned_project");
            row.Property(key => key.AllowedModels).HasColumnName("allowed_models");
            row.Property(key => key.ExpiresAt).HasColumnName("expires_at");
            row.Property(key => key.CreatedAt).HasColumnName("created_at");
            row.Property(key => key.Revoked).HasColumnName("revoked");
            row.Property(key => key.Replaces).HasColumnName("replaces");
        });
        MapBudgets(modelBuilder);
        MapActs(modelBuilder);
        modelBuilder.Entity<AdminKeyRow>(row =>
        {
            row.ToTable("admin_keys").HasKey(key => key.Id);
            row.Property(key => key.Id).HasColumnName("id");
            row.Property(key => key.Name).HasColumnName("name");
            row.Property(key => key.Role).HasColumnName("role");
            row.Property(key => key.Prefix).HasColumnName("prefix");
            row.Property(key => key.Sha256).HasColumnName("sha256");
            row.Property(key => key.CreatedAt).HasColumnName("created_at");
        });
        modelBuilder.Entity<ChangeRow>(row =>
        {
            row.ToTable("directory_changes").HasKey(change => change.Version);
            row.Property(change => change.Version).HasColumnName("version").UseIdentityAlwaysColumn();
            row.Property(change => change.Tenant).HasColumnName("tenant");
            row.Property(change => change.Plan).HasColumnName("plan");
        });
        modelBuilder.Entity<PlanRow>(row =>
        {
            row.ToTable("plans").HasKey(plan => plan.Id);
            row.Property(plan => plan.Id).HasColumnName("id");
            row.Property(plan => plan.AllowedModels).HasColumnName("allowed_models");
            row.Property(plan => plan.MaxCall).HasColumnName("max_call");
            row.Property(plan => plan.Budgets).HasColumnName("budgets");
            row.Property(plan => plan.IncludedKind).HasColumnName("included_kind");
            row.Property(plan => plan.IncludedAmount).HasColumnName("included_amount");
            row.Property(plan => plan.Billing).HasColumnName("billing");
        });
    }

    private static void MapActs(ModelBuilder modelBuilder) => modelBuilder.Entity<BudgetActRow>(row =>
    {
        row.ToTable("budget_acts").HasKey(act => new { act.Tenant, act.Budget, act.Id });
        row.Property(act => act.Tenant).HasColumnName("tenant");
        row.Property(act => act.Budget).HasColumnName("budget");
        row.Property(act => act.Id).HasColumnName("id");
        row.Property(act => act.Per).HasColumnName("per");
        row.Property(act => act.Value).HasColumnName("value");
        row.Property(act => act.TopUp).HasColumnName("topup");
        row.Property(act => act.At).HasColumnName("at");
    });

    private static void MapBudgets(ModelBuilder modelBuilder) => modelBuilder.Entity<BudgetRow>(row =>
    {
        row.ToTable("budgets").HasKey(budget => budget.Position);
        row.Property(budget => budget.Position).HasColumnName("position").UseIdentityAlwaysColumn();
        row.Property(budget => budget.Tenant).HasColumnName("tenant");
        row.Property(budget => budget.Name).HasColumnName("name");
        row.Property(budget => budget.Per).HasColumnName("per");
        row.Property(budget => budget.Match).HasColumnName("match").HasColumnType("jsonb");
        row.Property(budget => budget.LimitKind).HasColumnName("limit_kind");
        row.Property(budget => budget.LimitAmount).HasColumnName("limit_amount");
        row.Property(budget => budget.Window).HasColumnName("window");
        row.Property(budget => budget.TimeZone).HasColumnName("timezone");
        row.Property(budget => budget.Mode).HasColumnName("mode");
        row.Property(budget => budget.Admission).HasColumnName("admission");
        row.Property(budget => budget.AlertAt).HasColumnName("alert_at");
    });
}
