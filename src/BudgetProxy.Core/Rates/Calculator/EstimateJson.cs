using System.Text.Json.Serialization;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>Estimates as JSON, the same in the admin API and on the command line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EstimateDocument))]
public sealed partial class EstimateJson : JsonSerializerContext;
