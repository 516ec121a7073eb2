namespace BudgetProxy.Cli.Doctor;

/// <summary>One thing that was checked.</summary>
/// <param name="Detail">What was seen.</param>
/// <param name="Advice">What to do; null = nothing.</param>
internal sealed record Finding(Verdict Verdict, string Check, string Detail, string? Advice = null)
{
    public static Finding Ok(string check, string detail) => new(Verdict.Ok, check, detail);

    public static Finding Warn(string check, string detail, string advice) => new(Verdict.Warn, check, detail, advice);

    public static Finding Fail(string check, string detail, string advice) => new(Verdict.Fail, check, detail, advice);
}
