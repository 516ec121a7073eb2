using BudgetProxy.Audit;
using BudgetProxy.Tenants;

namespace BudgetProxy.Stripe;

/// <summary>Links tenants to customers: to those whose metadata name them, and to new ones where that is wished.</summary>
internal sealed class SetupTenants(StripeClient client, PatientStripe patient, TenantDirectory directory, SetupWish wish, List<SetupStep> steps)
{
    /// <summary>Customers that one run makes; who asks may ask again.</summary>
    internal const int MostCreated = 500;

    private const int MostTries = 5;

    public int LinkedBefore { get; private set; }

    public int Unlinked { get; private set; }

    public int Remaining { get; private set; }

    public async Task RunAsync(AuditActor by, CancellationToken cancellationToken)
    {
        var (reply, customers) = await patient.AskAsync(() => client.CustomersAsync(cancellationToken), cancellationToken);
        if (customers is null)
        {
            steps.Add(new SetupStep("customer", "all", SetupOutcome.Failed, null, reply.Message));
            return;
        }

        var known = customers.Select(customer => customer.Id).ToHashSet(StringComparer.Ordinal);
        var byTenant = customers.Where(customer => customer.Tenant is not null).ToLookup(customer => customer.Tenant!, customer => customer.Id, StringComparer.Ordinal);
        var created = 0;
        foreach (var tenant in directory.Current.Tenants)
        {
            if (tenant.StripeCustomerId is { Length: > 0 } linked)
            {
                Check(tenant.Id, linked, known);
                continue;
            }

            var named = byTenant[tenant.Id].ToList();
            if (named.Count > 1)
                Add(tenant.Id, SetupOutcome.Differs, null, $"{string.Join(", ", named.Take(5))} all name it in their metadata: set the right one as its stripeCustomerId.");
            else if (named.Count == 1)
                await LinkAsync(tenant.Id, named[0], SetupOutcome.Link, by);
            else if (!wish.CreatesCustomers)
                Unlinked++;
            else if (wish.IsPlan)
                Add(tenant.Id, SetupOutcome.Create, null, null);
            else if (created++ >= MostCreated)
                Remaining++;
            else if (!await CreateAsync(tenant, by, cancellationToken))
                return;
        }
    }

    private void Check(string tenant, string customer, HashSet<string> known)
    {
        if (known.Contains(customer))
            LinkedBefore++;
        else
            Add(tenant, SetupOutcome.Differs, customer, "Stripe has no such customer by this key: it was deleted, or is of the other mode. Set another stripeCustomerId, or take it away.");
    }

    /// <returns>False = Stripe takes no more, and all that follow would fail too.</returns>
    private async Task<bool> CreateAsync(Tenant tenant, AuditActor by, CancellationToken cancellationToken)
    {
        var key = $"bp1:customer:{tenant.Id}";
        for (var tries = 0; tries < MostTries; tries++)
        {
            var (reply, made) = await patient.AskAsync(() => client.CreateCustomerAsync(tenant.Id, tenant.Name, key, cancellationToken), cancellationToken);
            if (made is null)
            {
                // A stored refusal would be repeated for a day, and a name that changed since is another request.
                if (tries == 0 && (reply.Replayed || reply.Outcome == StripeOutcome.KeyReused))
                {
                    key = patient.NewKey("customer", tenant.Id);
                    continue;
                }

                Add(tenant.Id, SetupOutcome.Failed, null, reply.Message);
                return reply.Outcome is not (StripeOutcome.Unauthorised or StripeOutcome.Busy or StripeOutcome.Unknown);
            }

            if (reply.Replayed && await IsGoneAsync(made.Id, cancellationToken))
            {
                key = $"bp1:customer:{tenant.Id}:{made.Id}";
                continue;
            }

            await LinkAsync(tenant.Id, made.Id, SetupOutcome.Create, by);
            return true;
        }

        Add(tenant.Id, SetupOutcome.Failed, null, "Stripe answers with customers that are deleted: try again tomorrow, or make one there and set its id.");
        return true;
    }

    /// <summary>What was made within a day is answered again, also where it was deleted since.</summary>
    private async Task<bool> IsGoneAsync(string customer, CancellationToken cancellationToken)
    {
        var (reply, found) = await patient.AskAsync(() => client.CustomerAsync(customer, cancellationToken), cancellationToken);
        return found is { IsDeleted: true } || reply.Outcome == StripeOutcome.NoCustomer;
    }

    /// <param name="outcome">What is done: <see cref="SetupOutcome.Link"/> or <see cref="SetupOutcome.Create"/>.</param>
    private async Task LinkAsync(string tenant, string customer, SetupOutcome outcome, AuditActor by)
    {
        if (wish.IsPlan)
        {
            Add(tenant, outcome, customer, null);
            return;
        }

        for (var tries = 0; tries < MostTries; tries++)
        {
            // Deleted or linked by somebody else meanwhile: theirs stands.
            if (directory.Current.FindTenant(tenant) is not { StripeCustomerId: null or "" } now)
                return;
            // Not ended by the caller's leaving: the customer is there.
            var edited = await directory.PutTenantAsync(
                now with { StripeCustomerId = customer }, new Edit(by, new Precondition([DefinitionTag.Of(now)])), CancellationToken.None);
            if (edited.Outcome == EditOutcome.Done)
            {
                Add(tenant, outcome == SetupOutcome.Create ? SetupOutcome.Created : SetupOutcome.Linked, customer, null);
                return;
            }
        }

        Add(tenant, SetupOutcome.Failed, customer, "The tenant was being changed by others: try again.");
    }

    private void Add(string tenant, SetupOutcome outcome, string? id, string? detail) => steps.Add(new SetupStep("customer", tenant, outcome, id, detail));
}
