using BudgetProxy.Rates.Import;

namespace BudgetProxy.Admin;

/// <summary>Models of a file by what becomes of them.</summary>
/// <param name="SkippedFor">Skipped ones by the reason.</param>
public sealed record ImportTotals(
    int Models, int New, int Changed, int Unchanged, int Skipped, int Invalid, int Warnings, IReadOnlyDictionary<string, int> SkippedFor)
{
    internal static ImportTotals Of(ImportPlan plan)
    {
        int Count(ImportChange change) => plan.Rows.Count(row => row.Change == change);
        return new ImportTotals(
            plan.Rows.Count, Count(ImportChange.New), Count(ImportChange.Changed), Count(ImportChange.Unchanged), Count(ImportChange.Skipped),
            Count(ImportChange.Invalid), plan.Warnings.Count(),
            plan.Rows.Where(row => row.Change == ImportChange.Skipped).GroupBy(row => row.Reason!, StringComparer.Ordinal)
                .OrderByDescending(reason => reason.Count()).ToDictionary(reason => reason.Key, reason => reason.Count(), StringComparer.Ordinal));
    }
}
