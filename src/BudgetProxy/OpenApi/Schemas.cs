using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace BudgetProxy.OpenApi;

/// <summary>Small parts that schemas are put together from. A description that is null stands elsewhere.</summary>
internal static class Schemas
{
    /// <summary>As the API writes and takes money: a decimal string of USD, never a JSON number.</summary>
    public const string MoneyPattern = @"^-?[0-9]+(\.[0-9]{1,9})?$";

    private const string AmountPattern = @"^[0-9]+(\.[0-9]{1,9})?$";

    public static OpenApiSchema Text(string? description, int? most = null) => new() { Type = JsonSchemaType.String, Description = description, MaxLength = most };

    public static OpenApiSchema OptionalText(string description, int most = 256) =>
        new() { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = description, MaxLength = most };

    public static OpenApiSchema Money(string description) =>
        new() { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = description, Pattern = AmountPattern, Examples = ["5.00"] };

    /// <summary>The same where it may be below 0.</summary>
    public static OpenApiSchema SignedMoney(string description) =>
        new() { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = description, Pattern = AmountPattern.Replace("^", "^-?", StringComparison.Ordinal), Examples = ["5.00"] };

    public static OpenApiSchema Instant(string description) =>
        new() { Type = JsonSchemaType.String | JsonSchemaType.Null, Format = "date-time", Description = description };

    public static OpenApiSchema Flag(string? description) => new() { Type = JsonSchemaType.Boolean, Description = description };

    public static OpenApiSchema Whole(string? description, long least = 0, long most = 1L << 52) => new()
    {
        Type = JsonSchemaType.Integer, Format = "int64", Description = description, Minimum = $"{least}", Maximum = $"{most}",
    };

    public static OpenApiSchema Number(string description, string least, string most) =>
        new() { Type = JsonSchemaType.Number, Description = description, Minimum = least, Maximum = most };

    public static OpenApiSchema OneOf(string? description, params ReadOnlySpan<string> values)
    {
        var schema = Text(description);
        schema.Enum = [.. values.ToArray().Select(value => (JsonNode)value)];
        return schema;
    }

    public static OpenApiSchema List(string description, IOpenApiSchema item, int? most = null) =>
        new() { Type = JsonSchemaType.Array, Description = description, Items = item, MaxItems = most };

    public static OpenApiSchema Texts(string description, int most) => List(description, Text(null, 256), most);

    /// <summary>An object of which no other field is taken. A name that ends in <c>!</c> is required.</summary>
    public static OpenApiSchema Object(string description, params (string Name, IOpenApiSchema Schema)[] fields) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        AdditionalPropertiesAllowed = false,
        Properties = fields.ToDictionary(field => field.Name.TrimEnd('!'), field => field.Schema, StringComparer.Ordinal),
        Required = fields.Where(field => field.Name.EndsWith('!')).Select(field => field.Name.TrimEnd('!')).ToHashSet(StringComparer.Ordinal),
    };

    public static OpenApiSchema Map(string description, IOpenApiSchema value) =>
        new() { Type = JsonSchemaType.Object, Description = description, AdditionalProperties = value };
}
