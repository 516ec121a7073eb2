namespace BudgetProxy.Dashboard.Answers;

/// <summary>Whose key the session has.</summary>
public sealed record WhoAmI(string Id, string Name, string Role)
{
    /// <summary>True where this key may change things; the API refuses others anyway.</summary>
    public bool MayEdit => Role == "admin";

    /// <summary>True where this key may run exports.</summary>
    public bool MayRun => Role is "admin" or "finance";
}
