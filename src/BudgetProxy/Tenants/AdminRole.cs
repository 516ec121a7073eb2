namespace BudgetProxy.Tenants;

/// <summary>What an admin key may do; each role may do all that those before it may.</summary>
public enum AdminRole
{
    /// <summary>Read.</summary>
    Viewer,

    /// <summary>Read and run exports.</summary>
    Finance,

    /// <summary>Everything.</summary>
    Admin,
}
