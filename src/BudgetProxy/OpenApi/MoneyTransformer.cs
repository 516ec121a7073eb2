using BudgetProxy.Admin;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BudgetProxy.OpenApi;

/// <summary>Says of answers what their types don't: that a string is money, and that a number is never written as a string.</summary>
internal sealed class MoneyTransformer : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(BudgetAmount))
        {
            Amount(schema);
        }
        else if (typeof(IReadOnlyDictionary<string, BudgetAmount>).IsAssignableFrom(type))
        {
            var amount = new OpenApiSchema();
            Amount(amount);
            schema.AdditionalProperties = amount;
        }
        else if (schema.Type is { } kinds && (kinds.HasFlag(JsonSchemaType.Number) || kinds.HasFlag(JsonSchemaType.Integer)))
        {
            schema.Type &= ~JsonSchemaType.String;
            schema.Pattern = null;
        }
        else if (context.JsonTypeInfo.Type == typeof(string) && context.JsonPropertyInfo?.Name.EndsWith("usd", StringComparison.OrdinalIgnoreCase) == true)
        {
            schema.Pattern = Schemas.MoneyPattern;
        }

        return Task.CompletedTask;
    }

    private static void Amount(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.String | JsonSchemaType.Integer;
        schema.Pattern = Schemas.MoneyPattern;
        schema.Description = "A decimal string in USD where the limit is money, else a whole number of calls or tokens.";
    }
}
