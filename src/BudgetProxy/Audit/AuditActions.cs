namespace BudgetProxy.Audit;

/// <summary>What an admin can do that is kept. The names stand in stored entries, so they are never changed.</summary>
public static class AuditActions
{
    public const string PutTenant = "tenant.put";
    public const string DeleteTenant = "tenant.delete";
    public const string IssueKey = "key.issue";
    public const string ChangeKey = "key.change";
    public const string RevokeKey = "key.revoke";
    public const string RotateKey = "key.rotate";
    public const string PutBudget = "budget.put";
    public const string DeleteBudget = "budget.delete";
    public const string TopUpBudget = "budget.topup";
    public const string ResetBudget = "budget.reset";
    public const string PutPlan = "plan.put";
    public const string DeletePlan = "plan.delete";
    public const string AddRate = "rate.add";
    public const string ImportRates = "rates.import";
    public const string ImportInvoice = "invoice.import";
    public const string DeleteInvoice = "invoice.delete";
    public const string Rerate = "rates.rerate";
    public const string IssueAdminKey = "adminkey.issue";
    public const string DeleteAdminKey = "adminkey.delete";
    public const string PutWebhook = "webhook.put";
    public const string DeleteWebhook = "webhook.delete";
    public const string SetUpStripe = "stripe.setup";
    public const string RetryBucket = "billing.retry";
    public const string ResendBucket = "billing.resend";
    public const string WriteOff = "billing.writeoff";
    public const string ApplyDirectory = "directory.apply";
}
