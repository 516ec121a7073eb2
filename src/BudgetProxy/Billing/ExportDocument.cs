namespace BudgetProxy.Billing;

/// <summary>How far the export to Stripe is.</summary>
/// <param name="Enabled">False = no API key is configured, and nothing is cut nor sent.</param>
/// <param name="Finished">Of a run that was asked for: whether it has ended; false = it goes on. Null where none was asked for.</param>
/// <param name="ToDo">What to do; null = nothing.</param>
/// <param name="From">Usage that was settled before is never billed; null = the export was never on.</param>
/// <param name="Holder">Which proxy exports.</param>
/// <param name="States">By state: sent (verified ones among them), pending, sending, unknown, parked, dead, written-off.</param>
/// <param name="Oldest">When the oldest bucket that is not sent was cut.</param>
/// <param name="OldestSeconds">Its age; 0 = there is none.</param>
/// <param name="Unlinked">Tenants without a Stripe customer whose usage waits, the dearest first; at most 100.</param>
/// <param name="Parked">What waits for an operator, the dearest first; at most 100.</param>
/// <param name="Stopped">Why nothing is sent at all, and since when; null = it is.</param>
/// <param name="Error">What the last run met; null = nothing.</param>
public sealed record ExportDocument(
    bool Enabled, bool? Finished, string? ToDo, IReadOnlyList<MeterDocument> Meters, string? From, string? LastRunAt, string? NextRunAt, HolderDocument? Holder,
    IReadOnlyDictionary<string, StateDocument> States, string? Oldest, long OldestSeconds, int UnlinkedTenants, IReadOnlyList<WaitingDocument> Unlinked,
    int ParkedTenants, IReadOnlyList<WaitingDocument> Parked, NoteDocument? Stopped, NoteDocument? Error);
