using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Core.Budgets;

/// <summary>The names of dimensions as budgets spell them: <c>user</c>, <c>model</c>, <c>tag:team</c>.</summary>
public static class DimensionNames
{
    private const string TagPrefix = "tag:";

    /// <param name="tag">The tag's name where the dimension is <see cref="BudgetDimension.Tag"/>.</param>
    public static string Name(this BudgetDimension dimension, string? tag) => dimension switch
    {
        BudgetDimension.User => "user",
        BudgetDimension.Project => "project",
        BudgetDimension.Key => "key",
        BudgetDimension.Model => "model",
        BudgetDimension.Run => "run",
        BudgetDimension.Provider => "provider",
        BudgetDimension.Tag => TagPrefix + tag,
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "Not a dimension."),
    };

    /// <summary>Reads a name. A tag's own name may not be empty nor hold a comma or an equals sign, which the tags header gives a meaning.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BudgetDimension dimension, out string? tag)
    {
        tag = null;
        dimension = text switch
        {
            "user" => BudgetDimension.User,
            "project" => BudgetDimension.Project,
            "key" => BudgetDimension.Key,
            "model" => BudgetDimension.Model,
            "run" => BudgetDimension.Run,
            "provider" => BudgetDimension.Provider,
            _ => BudgetDimension.Tag,
        };
        if (dimension != BudgetDimension.Tag)
            return true;
        if (text is null || !text.StartsWith(TagPrefix, StringComparison.Ordinal) || text.Length == TagPrefix.Length || text.AsSpan().ContainsAny(',', '='))
            return false;
        tag = text[TagPrefix.Length..];
        return true;
    }
}
