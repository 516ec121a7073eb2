using System.Text.Json.Serialization;

namespace BudgetProxy.Storage;

/// <summary>The lists that stand in rows as JSON.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<int>))]
[JsonSerializable(typeof(IReadOnlyList<BudgetRow>))]
internal sealed partial class DirectoryJson : JsonSerializerContext;
