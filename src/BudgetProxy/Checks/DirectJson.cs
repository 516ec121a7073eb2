using System.Text.Json.Serialization;

namespace BudgetProxy.Checks;

/// <summary>How definitions and settlements stand in their rows.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DirectDefinition))]
[JsonSerializable(typeof(DirectSettlement))]
internal sealed partial class DirectJson : JsonSerializerContext;
