using System.Text.Json.Serialization;

namespace BudgetProxy.Batches;

/// <summary>How a batch's definition stands in its row.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BatchDefinition))]
internal sealed partial class BatchJson : JsonSerializerContext;
