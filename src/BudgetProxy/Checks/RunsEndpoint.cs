using BudgetProxy.Audit;
using BudgetProxy.Core.Money;
using BudgetProxy.Gateway;
using BudgetProxy.Reservations;
using BudgetProxy.Runs;
using BudgetProxy.Tenants;

namespace BudgetProxy.Checks;

/// <summary><c>PUT</c> and <c>GET /v1/runs/{run}</c>, and its <c>end</c>: an agent run with a limit of its own.</summary>
public sealed class RunsEndpoint(RunLimits runs, TenantDirectory directory, IReservationStore store)
{
    public async Task<GatewayRefusal?> PutAsync(Call call)
    {
        var (fields, unread) = await CheckBody.ReadAsync(call);
        if (fields is null)
            return unread;
        var id = RunOf(call);
        if (TenantsText(id) is { } problem)
            fields.Fail("run", problem);
        var limit = fields.Money("limitUsd");
        if (!fields.Has("limitUsd"))
            fields.Fail("limitUsd", "Is required.");
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return CheckRefusals.Invalid(fields.Errors);
        if (await CountRunsAsync(call) is { } refusal)
            return refusal;
        var put = await runs.PutAsync(TenantOf(call), id, limit!.Value, CancellationToken.None);
        return put.EndedAt is null ? await AnswerAsync(call, put) : Refusals.RunEnded(put) with { Status = StatusCodes.Status409Conflict, Code = "run_ended" };
    }

    public async Task<GatewayRefusal?> GetAsync(Call call) =>
        await runs.FindAsync(TenantOf(call), RunOf(call), CancellationToken.None) is { } run ? await AnswerAsync(call, run) : CheckRefusals.NoRun(RunOf(call));

    public async Task<GatewayRefusal?> EndAsync(Call call) =>
        await runs.EndAsync(TenantOf(call), RunOf(call), CancellationToken.None) is { } run ? await AnswerAsync(call, run) : CheckRefusals.NoRun(RunOf(call));

    /// <summary>As it is by now: the budget that counts its runs may be younger than this call.</summary>
    private Tenant TenantOf(Call call) => directory.Current.FindTenant(call.Tenant.Id) ?? call.Tenant;

    /// <summary>A slash in a segment is the one character that the server leaves encoded.</summary>
    private static string RunOf(Call call) =>
        (call.Context.Request.RouteValues["run"] as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The same as for the header that names it; what a header can't begin or end with is none.</summary>
    private static string? TenantsText(string run) => run.Length != run.Trim().Length ? "Must not begin or end with a space." : DirectoryRules.TextProblem(run);

    /// <summary>Makes the tenant's counters of runs, once.</summary>
    private async ValueTask<GatewayRefusal?> CountRunsAsync(Call call)
    {
        var tenant = call.Tenant.Id;
        if (directory.Current.FindBudget(tenant, RunBudget.Name) is not { } there)
        {
            // Only where nobody has made one of that name, which may not be known here yet: what an admin has made is never replaced.
            var made = await directory.PutBudgetAsync(RunBudget.Of(tenant), new Edit(AuditActor.Proxy, new Precondition(null, MustBeNew: true)), CancellationToken.None);
            if (made.Value is not null)
                return null;
            if (made.Outcome != EditOutcome.Changed || directory.Current.FindBudget(tenant, RunBudget.Name) is not { } faster)
                return CheckRefusals.RunsNotCounted("it has as many budgets as it may have");
            there = faster;
        }

        return RunBudget.Counts(there) ? null : CheckRefusals.RunsNotCounted($"it has a budget '{RunBudget.Name}' that counts otherwise");
    }

    private async Task<GatewayRefusal?> AnswerAsync(Call call, Run run)
    {
        var counters = directory.Current.FindBudget(call.Tenant.Id, RunBudget.Name);
        var hold = run.HoldIn(counters is not null && RunBudget.Counts(counters) ? counters : null, NanoUsd.Zero);
        var state = (await store.PeekAsync([hold], call.Context.RequestAborted))[0];
        return await DirectAnswer.SendAsync(call, StatusCodes.Status200OK, DirectAnswer.Object(json =>
        {
            json.WriteString("run", run.Id);
            json.WriteString("state", run.EndedAt is null ? "open" : "ended");
            json.WriteString("limitUsd", run.Limit.ToBalance());
            json.WriteString("spentUsd", new NanoUsd(state.Spent).ToBalance());
            json.WriteString("heldUsd", new NanoUsd(state.Held).ToBalance());
            json.WriteString("remainingUsd", new NanoUsd(state.Remaining).ToBalance());
            json.WriteString("startedAt", Refusals.Shown(run.StartedAt));
            json.WriteString("endedAt", run.EndedAt is { } ended ? Refusals.Shown(ended) : null);
        }));
    }
}
