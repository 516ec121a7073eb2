using System.Globalization;

namespace BudgetProxy.Batches;

/// <summary>How the providers' lists are paged.</summary>
internal static class ListQuery
{
    /// <summary>The page's size: <c>limit</c>, from 1 to <paramref name="most"/>; 20 where it says nothing that can be used.</summary>
    public static int Limit(HttpRequest request, int most) =>
        int.TryParse(request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? Math.Clamp(limit, 1, most) : 20;

    public static string? Text(HttpRequest request, string name) => request.Query[name] is [{ Length: > 0 } text] ? text : null;
}
