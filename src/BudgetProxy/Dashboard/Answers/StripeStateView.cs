namespace BudgetProxy.Dashboard.Answers;

/// <summary>How far the export to Stripe is.</summary>
public sealed record StripeStateView(
    bool Enabled, bool? Finished, string? ToDo, IReadOnlyList<StripeMeterView>? Meters, DateTimeOffset? From, DateTimeOffset? LastRunAt, DateTimeOffset? NextRunAt,
    IReadOnlyDictionary<string, StripeSumView>? States, DateTimeOffset? Oldest, int UnlinkedTenants, IReadOnlyList<StripeWaitingView>? Unlinked, int ParkedTenants,
    IReadOnlyList<StripeWaitingView>? Parked, StripeNoteView? Stopped, StripeNoteView? Error)
{
    /// <summary>What is on its way: of no state that is an end, and for nothing that a person must do. Of tenants that are not linked, only the dearest are taken out.</summary>
    public StripeSumView Waiting
    {
        get
        {
            var open = Of("pending") + Of("sending") + Of("unknown");
            return new StripeSumView(open.Buckets - (Unlinked ?? []).Sum(one => one.Buckets), open.Usd - (Unlinked ?? []).Sum(one => one.Usd));
        }
    }

    /// <summary>The buckets of a state.</summary>
    public StripeSumView Of(string state) => States?.GetValueOrDefault(state) ?? StripeSumView.None;
}
