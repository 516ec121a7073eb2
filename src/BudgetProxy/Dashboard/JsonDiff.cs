using System.Text.Json;

namespace BudgetProxy.Dashboard;

/// <summary>What differs between two definitions, field by field, in words that can be read.</summary>
public static class JsonDiff
{
    /// <returns>Each field that differs, with what it was and what it is; null = it was not there.</returns>
    public static IReadOnlyList<(string Field, string? From, string? To)> Of(JsonElement? before, JsonElement? after)
    {
        var (old, now) = (Fields(before), Fields(after));
        return [.. old.Keys.Union(now.Keys).Where(field => old.GetValueOrDefault(field) != now.GetValueOrDefault(field))
            .Select(field => (field, old.GetValueOrDefault(field), now.GetValueOrDefault(field)))];
    }

    private static Dictionary<string, string> Fields(JsonElement? json)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json is { } element)
            Walk(element, "", fields);
        return fields;
    }

    private static void Walk(JsonElement element, string path, Dictionary<string, string> fields)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                    Walk(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}", fields);
                break;
            case JsonValueKind.Array when element.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)):
                if (element.GetArrayLength() > 0)
                    fields[path] = string.Join(", ", element.EnumerateArray().Select(item => item.ToString()));
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                    Walk(item, $"{path}[{(item.ValueKind == JsonValueKind.Object && item.TryGetProperty("name", out var name) ? name.ToString() : (index++).ToString())}]", fields);
                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            case JsonValueKind.True or JsonValueKind.False:
                fields[path.Length == 0 ? "value" : path] = element.GetBoolean() ? "yes" : "no";
                break;
            default:
                fields[path.Length == 0 ? "value" : path] = element.ToString();
                break;
        }
    }
}
