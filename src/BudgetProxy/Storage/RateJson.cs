using System.Text.Json.Serialization;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Storage;

/// <summary>How a rate row is written: in camel case, without what is not set; and read, refusing what is not known, so that no price is lost.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters =
    [
        typeof(RateDefinition.ProviderName), typeof(RateDefinition.CamelCase<TokenEncoding>), typeof(RateDefinition.CamelCase<VisionScheme>),
    ])]
[JsonSerializable(typeof(Rate))]
internal sealed partial class RateJson : JsonSerializerContext;
