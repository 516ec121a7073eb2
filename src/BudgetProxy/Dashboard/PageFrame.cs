using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard;

/// <summary>What every page needs beside its content.</summary>
/// <param name="Me">Who is signed in; null on the pages before that.</param>
/// <param name="Path">The page's path, as it was asked for.</param>
/// <param name="FormToken">The antiforgery token that every form carries.</param>
/// <param name="Theme"><c>light</c>, <c>dark</c>, or null = as the browser wishes.</param>
/// <param name="Notice">What was just done, in a sentence.</param>
public sealed record PageFrame(WhoAmI? Me, string Path, string FormToken, string? Theme, string? Notice)
{
    /// <summary>Assets by their name in the source.</summary>
    public required Func<string, string> Asset { get; init; }

    public bool MayEdit => Me?.MayEdit == true;

    public bool MayRun => Me?.MayRun == true;
}
