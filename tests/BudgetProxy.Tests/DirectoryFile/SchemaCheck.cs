using System.Text.Json;
using System.Text.RegularExpressions;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary>Checks JSON against a JSON schema: the keywords of draft 2020-12 that ours uses, and a failure for any other.</summary>
internal sealed class SchemaCheck(JsonElement root)
{
    private static readonly string[] Notes = ["$schema", "title", "description", "$defs"];

    /// <summary>Each fault with its path; empty = it is valid.</summary>
    public List<string> Faults(JsonElement value) => Faults(value, root, "");

    private List<string> Faults(JsonElement value, JsonElement schema, string path)
    {
        var faults = new List<string>();
        foreach (var keyword in schema.EnumerateObject().Where(keyword => !Notes.Contains(keyword.Name)))
            faults.AddRange(Faults(value, schema, keyword, path));
        return faults;
    }

    private IEnumerable<string> Faults(JsonElement value, JsonElement schema, JsonProperty keyword, string path)
    {
        var rule = keyword.Value;
        switch (keyword.Name)
        {
            case "$ref":
                return Faults(value, root.GetProperty("$defs").GetProperty(rule.GetString()!["#/$defs/".Length..]), path);
            case "properties" when value.ValueKind == JsonValueKind.Object:
                return value.EnumerateObject().Where(field => rule.TryGetProperty(field.Name, out _))
                    .SelectMany(field => Faults(field.Value, rule.GetProperty(field.Name), $"{path}/{field.Name}"));
            case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                var known = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().Select(one => one.Name).ToHashSet() : [];
                var others = value.EnumerateObject().Where(field => !known.Contains(field.Name)).ToList();
                return rule.ValueKind == JsonValueKind.False
                    ? others.Select(field => $"{path}/{field.Name}: not known")
                    : others.SelectMany(field => Faults(field.Value, rule, $"{path}/{field.Name}"));
            case "propertyNames" when value.ValueKind == JsonValueKind.Object:
                return value.EnumerateObject().SelectMany(field => Faults(JsonSerializer.SerializeToElement(field.Name), rule, $"{path}/({field.Name})"));
            case "items" when value.ValueKind == JsonValueKind.Array:
                return value.EnumerateArray().SelectMany((item, i) => Faults(item, rule, $"{path}/{i}"));
            case "properties" or "additionalProperties" or "propertyNames" or "items":
                return [];
            case "oneOf":
                var fitting = rule.EnumerateArray().Count(one => Faults(value, one, path).Count == 0);
                return fitting == 1 ? [] : [$"{path}: {fitting} of oneOf"];
            default:
                return Holds(value, keyword) ? [] : [$"{path}: {keyword.Name} {rule.GetRawText()}"];
        }
    }

    private static bool Holds(JsonElement value, JsonProperty keyword)
    {
        var (rule, isText, isNumber) = (keyword.Value, value.ValueKind == JsonValueKind.String, value.ValueKind == JsonValueKind.Number);
        var (isObject, isList) = (value.ValueKind == JsonValueKind.Object, value.ValueKind == JsonValueKind.Array);
        return keyword.Name switch
        {
            "type" => (rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().ToList() : [rule]).Exists(type => IsOf(value, type.GetString()!)),
            "enum" => rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
            "required" => !isObject || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
            "minProperties" => !isObject || value.EnumerateObject().Count() >= rule.GetInt32(),
            "maxProperties" => !isObject || value.EnumerateObject().Count() <= rule.GetInt32(),
            "maxItems" => !isList || value.GetArrayLength() <= rule.GetInt32(),
            "minLength" => !isText || value.GetString()!.Length >= rule.GetInt32(),
            "maxLength" => !isText || value.GetString()!.Length <= rule.GetInt32(),
            "pattern" => !isText || Regex.IsMatch(value.GetString()!, rule.GetString()!, RegexOptions.ECMAScript, TimeSpan.FromSeconds(1)),
            "minimum" => !isNumber || value.GetDecimal() >= rule.GetDecimal(),
            "maximum" => !isNumber || value.GetDecimal() <= rule.GetDecimal(),
            "exclusiveMinimum" => !isNumber || value.GetDecimal() > rule.GetDecimal(),
            _ => throw new NotSupportedException(keyword.Name),
        };
    }

    private static bool IsOf(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && value.GetDecimal() == decimal.Truncate(value.GetDecimal())),
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        JsonValueKind.Array => type == "array",
        _ => type == "object",
    };
}
