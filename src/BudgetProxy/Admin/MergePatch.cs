using System.Text.Json;
using System.Text.Json.Nodes;

namespace BudgetProxy.Admin;

/// <summary>JSON Merge Patch (RFC 7396): a field that is given replaces the one of its name, null takes it away, an object is laid on the object there.</summary>
internal static class MergePatch
{
    /// <param name="target">A JSON object.</param>
    /// <param name="patch">A JSON object.</param>
    public static JsonElement Apply(string target, JsonElement patch)
    {
        var merged = Apply(JsonNode.Parse(target), patch)!;
        return JsonElement.Parse(merged.ToJsonString());
    }

    private static JsonNode? Apply(JsonNode? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
            return patch.ValueKind == JsonValueKind.Null ? null : JsonNode.Parse(patch.GetRawText());
        var merged = target as JsonObject ?? [];
        foreach (var field in patch.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null)
                merged.Remove(field.Name);
            else
                merged[field.Name] = Apply(merged.TryGetPropertyValue(field.Name, out var present) ? present?.DeepClone() : null, field.Value);
        }

        return merged;
    }
}
