namespace BudgetProxy.Cli.Doctor;

/// <summary>What a check came to.</summary>
internal enum Verdict
{
    Ok,

    /// <summary>Something to look at; calls are not in danger.</summary>
    Warn,

    /// <summary>Something that does not work.</summary>
    Fail,
}
