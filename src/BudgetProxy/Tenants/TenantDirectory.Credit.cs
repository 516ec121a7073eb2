using System.Text.Json.Nodes;
using BudgetProxy.Audit;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tenants;

/// <summary>Prepaid credit begins with nothing spent and nothing paid in, and ends with nothing left.</summary>
public sealed partial class TenantDirectory
{
    /// <summary>The first of these tenants that would leave a balance behind, and what is to be said of it; null = none would.</summary>
    /// <param name="before">The directory before a change.</param>
    /// <param name="after">The directory after it. Of a tenant that is gone in it, what calls in flight hold does not matter: they are booked all the same.</param>
    /// <param name="discards">So much, or less, may go with a tenant; null = nothing may.</param>
    /// <exception cref="Reservations.StoreUnavailableException">The counters can't be read.</exception>
    internal async Task<(string Tenant, string Text)?> LostCreditAsync(
        DirectorySnapshot before, DirectorySnapshot after, IReadOnlyCollection<string> tenants, NanoUsd? discards, CancellationToken cancellationToken)
    {
        foreach (var id in tenants)
        {
            var next = after.FindTenant(id);
            if (before.FindTenant(id)?.Credit is not { } credit || (next is not null && KeepsIt(next, credit)))
                continue;
            var state = await StateOfAsync(credit, cancellationToken);
            if (next is null && state.Limit != state.Spent && !(new NanoUsd(state.Limit - state.Spent) <= discards))
                return (id, CreditTexts.LostByDeletion(id, state));
            if (next is not null && (state.Limit != state.Spent || state.Held != 0))
                return (id, CreditTexts.Lost(id, state));
        }

        return null;
    }

    /// <summary>Those of these tenants that have a prepaid balance, or one below zero, each with why it is not deleted by a file.</summary>
    /// <exception cref="Reservations.StoreUnavailableException">The counters can't be read.</exception>
    internal async Task<IReadOnlyDictionary<string, string>> WithBalanceAsync(IEnumerable<Tenant> tenants, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tenant in tenants)
        {
            if (tenant.Credit is { } credit && await StateOfAsync(credit, cancellationToken) is var state && state.Limit != state.Spent)
                found.Add(tenant.Id, CreditTexts.Stays(tenant.Id, state));
        }

        return found;
    }

    /// <summary>
    /// What a change means for credit, in the same step: it is refused where a balance would be lost, or more be paid back than there is, and credit that comes into
    /// force begins anew. Its counter has only calls that are paid from it, so those in flight under the plan of before are not in it.
    /// </summary>
    /// <param name="known">The beginnings that were given before, should the change be decided anew; and the counters that were made for it.</param>
    private async Task<Decision<T>> WithCreditAsync<T>(
        DirectorySnapshot basis, Decision<T> decision, (Dictionary<(string Tenant, string Name), BudgetAct> Begun, CounterSeeding Seeding) known, CancellationToken cancellationToken)
        where T : class
    {
        if (decision.Next is not { } next)
            return decision;
        if (await LostCreditAsync(basis, next, decision.Tenants, decision.Discards, cancellationToken) is { } lost)
            return Decision<T>.No(EditOutcome.LosesCredit, lost.Text);
        if (await IsTooLittleAsync(basis, next, decision.Tenants, cancellationToken))
            return Decision<T>.No(EditOutcome.TooLittleCredit);
        var write = decision.Discards is null ? decision.Write : decision.Write with { Audit = await NotedAsync(basis, decision.Write, cancellationToken) };
        foreach (var id in decision.Tenants)
        {
            if (next.FindTenant(id)?.Credit is not { } credit || (basis.FindTenant(id) is { } old && KeepsIt(old, credit)))
                continue;
            if (!known.Begun.TryGetValue((id, credit.Name), out var act))
            {
                if (basis.FindTenant(id) is null && !await HasSpentAsync(basis, credit, known.Seeding, cancellationToken))
                    continue;
                var now = await reservations.NowAsync(id, cancellationToken);
                known.Begun[(id, credit.Name)] = act = new BudgetAct(id, credit.Name, NewId("act_"), null, null, null, now.AddMilliseconds(1));
            }

            // With what was done to a budget of that name before: top-ups of then were no credit.
            next = next.With(act, act.At);
            write = write with
            {
                Acts = [.. write.Acts, (act, act.At)],
                Audit = [.. write.Audit, new AuditEntry(Now(), AuditActor.Proxy, AuditActions.ResetBudget, $"{id}/{credit.Name}", id, null, DefinitionJson.Of(act))],
            };
        }

        return decision with { Next = next, Write = write };
    }

    /// <summary>Whether a tenant that is being made has spent before, under its name: another did, who was deleted. It shows once the counter is made, before which nothing is stored.</summary>
    private async Task<bool> HasSpentAsync(DirectorySnapshot basis, Budget credit, CounterSeeding seeding, CancellationToken cancellationToken) =>
        seeding.Missing(basis, [credit]).Count == 0 && await StateOfAsync(credit, cancellationToken) is { Spent: not 0 } or { Held: not 0 };

    /// <summary>Whether more would be paid back of a balance than is left, calls in flight counted with all that they hold.</summary>
    private async Task<bool> IsTooLittleAsync(
        DirectorySnapshot before, DirectorySnapshot after, IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        foreach (var id in tenants)
        {
            if (before.FindTenant(id)?.Credit is not { } old || after.FindTenant(id)?.Credit is not { } next || old.Name != next.Name)
                continue;
            var slot = old.Window.SlotAt(Now());
            var added = next.ToppedUpIn(null, slot) - old.ToppedUpIn(null, slot);
            if (added < 0 && (await StateOfAsync(old, cancellationToken)).Remaining + added < 0)
                return true;
        }

        return false;
    }

    /// <summary>The audit entries of a step, those of deleted tenants with the balance that goes with them.</summary>
    private async Task<IReadOnlyList<AuditEntry>> NotedAsync(DirectorySnapshot basis, DirectoryWrite write, CancellationToken cancellationToken)
    {
        var noted = write.Audit.ToList();
        foreach (var id in write.DeletedTenants)
        {
            if (basis.FindTenant(id)?.Credit is not { } credit
                || noted.FindIndex(entry => entry.Action == AuditActions.DeleteTenant && entry.Tenant == id) is not (>= 0 and var place))
                continue;
            var state = await StateOfAsync(credit, cancellationToken);
            if (state.Limit == state.Spent || noted[place].Before is not { } definition)
                continue;
            var was = JsonNode.Parse(definition)!.AsObject();
            was["prepaidBalanceUsd"] = new NanoUsd(state.Limit - state.Spent).ToBalance();
            noted[place] = noted[place] with { Before = was.ToJsonString() };
        }

        return noted;
    }

    private async Task<BudgetState> StateOfAsync(Budget credit, CancellationToken cancellationToken) =>
        (await reservations.PeekAsync([new Hold(credit, "", 0)], cancellationToken))[0];

    private static bool KeepsIt(Tenant tenant, Budget credit) => string.Equals(tenant.Credit?.Name, credit.Name, StringComparison.Ordinal);
}
