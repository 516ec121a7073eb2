using System.Text.Json;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Storage;

/// <summary>How the directory's values stand in rows as text.</summary>
internal static class DirectoryTexts
{
    public static string Json(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts, DirectoryJson.Default.IReadOnlyListString);

    public static string Json(IReadOnlyList<int> numbers) => JsonSerializer.Serialize(numbers, DirectoryJson.Default.IReadOnlyListInt32);

    /// <summary>Conditions as pairs of dimension and pattern, in their order.</summary>
    public static string Json(IReadOnlyList<BudgetMatch> conditions) =>
        Json([.. conditions.SelectMany(condition => new[] { condition.Dimension.Name(condition.Tag), condition.Pattern })]);

    /// <summary>A plan's budgets.</summary>
    public static string Json(IReadOnlyList<Budget> budgets) => JsonSerializer.Serialize([.. budgets.Select(BudgetRow.Of)], DirectoryJson.Default.IReadOnlyListBudgetRow);

    public static IReadOnlyList<Budget> PlanBudgets(string json) =>
        [.. JsonSerializer.Deserialize(json, DirectoryJson.Default.IReadOnlyListBudgetRow)!.Select(row => row.ToBudget(TimeZoneInfo.Utc))];

    public static IReadOnlyList<string> Texts(string json) => JsonSerializer.Deserialize(json, DirectoryJson.Default.IReadOnlyListString)!;

    public static IReadOnlyList<int> Numbers(string json) => JsonSerializer.Deserialize(json, DirectoryJson.Default.IReadOnlyListInt32)!;

    public static IReadOnlyList<BudgetMatch> Conditions(string json) =>
        [.. Texts(json).Chunk(2).Select(pair => Condition(pair[0], pair[1]))];

    public static string Name<TEnum>(TEnum value)
        where TEnum : struct, Enum => value.ToString().ToLowerInvariant();

    public static TEnum Value<TEnum>(string name)
        where TEnum : struct, Enum => Enum.Parse<TEnum>(name, ignoreCase: true);

    /// <exception cref="FormatException">The row was not written by <see cref="DimensionNames.Name"/>.</exception>
    public static (BudgetDimension Dimension, string? Tag) Dimension(string text) =>
        DimensionNames.TryParse(text, out var dimension, out var tag)
            ? (dimension, tag)
            : throw new FormatException("The dimension of a stored budget.");

    private static BudgetMatch Condition(string name, string pattern)
    {
        var (dimension, tag) = Dimension(name);
        return new BudgetMatch(dimension, tag, pattern);
    }
}
