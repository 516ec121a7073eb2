namespace BudgetProxy.Cli.Proxies;

/// <summary>The profiles of one person on one machine.</summary>
/// <param name="Current">The one in use where none is named; null = none.</param>
internal sealed record ProfileFile(string? Current, SortedDictionary<string, Profile> Profiles)
{
    public static ProfileFile Empty => new(null, new SortedDictionary<string, Profile>(StringComparer.Ordinal));
}
