namespace BudgetProxy.Dashboard;

/// <summary>What is said after a change. The address holds only a word for it, so that no link can put words in our mouth.</summary>
internal static class Notices
{
    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        ["tenant-saved"] = "The tenant is saved.",
        ["tenant-made"] = "The tenant is made. Give it a budget and a key.",
        ["tenant-deleted"] = "The tenant is deleted. Its ledger stays.",
        ["suspended"] = "The tenant is suspended: its calls are refused from now on.",
        ["resumed"] = "The tenant is active again.",
        ["budget-saved"] = "The budget is saved and in force.",
        ["budget-deleted"] = "The budget is deleted.",
        ["topped-up"] = "The budget is topped up for this window.",
        ["reset"] = "The budget is reset: nothing of this window counts as spent.",
        ["key-revoked"] = "The key is revoked: calls with it are refused from now on.",
        ["plan-saved"] = "The plan is saved; it holds for every tenant on it.",
        ["plan-deleted"] = "The plan is deleted.",
        ["rate-saved"] = "The price is in the table.",
        ["adminkey-deleted"] = "The admin key is deleted; its sessions have ended.",
        ["webhook-saved"] = "The webhook is saved.",
        ["stripe-run"] = "The run is done: all usage up to now is cut and sent, but for what waits below.",
        ["stripe-running"] = "The run goes on. Load the page again to see how far it is.",
        ["bucket-retried"] = "The bucket is tried again.",
        ["invoice-imported"] = "The file is imported.",
        ["invoice-known"] = "This very file had been imported before; nothing was changed.",
        ["invoice-deleted"] = "The invoice is forgotten. Its days count from what else covers them.",
        ["webhook-deleted"] = "The webhook is deleted.",
    };

    /// <summary>Null where the word is not one of ours.</summary>
    public static string? Of(string? word) => word is null ? null : Texts.GetValueOrDefault(word);
}
