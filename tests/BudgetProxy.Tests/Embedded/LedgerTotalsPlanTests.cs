using BudgetProxy.Embedded;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Embedded;

/// <summary>How SQLite reads what is not summed yet: by its sequence, also where an index has the entries by what they are split or filtered by.</summary>
public sealed class LedgerTotalsPlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private static readonly LedgerFilter[] Filters =
    [
        new(), new(From: Noon.AddDays(-9).AddMinutes(7)), new("acme"), new("acme", From: Noon.AddDays(-9).AddMinutes(7), To: Noon),
        new("acme", User: "ann", Project: "site", Model: "gpt-4o"), new(Model: "gpt-4o", From: Noon.AddHours(-1)),
    ];

    private static readonly UsageGroups[] Groups =
    [
        UsageGroups.None, UsageGroups.Tenant, UsageGroups.Day, UsageGroups.Hour, UsageGroups.Tenant | UsageGroups.Day, UsageGroups.Provider | UsageGroups.Model,
        UsageGroups.User, UsageGroups.Tenant | UsageGroups.User | UsageGroups.Model, UsageGroups.Key | UsageGroups.Project,
    ];

    [Fact]
    public void Entries_that_are_not_summed_yet_are_found_by_their_sequence()
    {
        using var folder = new TempFolder();
        using var database = new EmbeddedDatabase(folder.Path);
        using var session = database.OpenSession();
        var plans = 0;
        foreach (var (filter, groups, plain) in from filter in Filters from groups in Groups from plain in new[] { true, false } select (filter, groups, plain))
        {
            var question = new UsageQuestion(filter, groups);
            var (segment, entries) = LedgerTotals.Parts(question, new UsageState(1_000, 0, 0))[^1];
            // What no sums know is read from the entries, and has no rest.
            if (entries.Length == 0)
                continue;
            var (sql, values) = LedgerTotals.Statement(question, segment, entries, plain);
            using var rows = session.Prepare("EXPLAIN QUERY PLAN " + sql);
            foreach (var value in values)
                rows.Bind(value);
            var steps = new List<string>();
            while (rows.Read())
                steps.Add(rows.Text(3)!);
            Assert.Contains("SEARCH ledger USING INTEGER PRIMARY KEY (rowid>?)", steps);
            Assert.DoesNotContain(steps, step => step.Contains("INDEX", StringComparison.Ordinal) || step.StartsWith("SCAN", StringComparison.Ordinal));
            plans++;
        }

        Assert.True(plans >= 60, $"{plans} plans");
    }
}
