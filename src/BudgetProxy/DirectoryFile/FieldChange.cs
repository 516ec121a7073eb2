using System.Text.Json;

namespace BudgetProxy.DirectoryFile;

/// <summary>A field that a plan changes, with its values as the admin API shows them; null = left out.</summary>
public sealed record FieldChange(string Name, JsonElement From, JsonElement To);
