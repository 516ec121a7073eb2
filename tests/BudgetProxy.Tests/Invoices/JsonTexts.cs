using System.Text.Json;

namespace BudgetProxy.Tests.Invoices;

/// <summary>Short words for texts of answers.</summary>
internal static class JsonTexts
{
    /// <summary>Null where it is null.</summary>
    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();
}
