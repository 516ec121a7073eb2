using System.Text.Json;
using BudgetProxy.Admin;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Gateway;

namespace BudgetProxy.Checks;

/// <summary>Whom the client names in a body: a pin on the key wins over it, it wins over the headers.</summary>
internal static class DirectCaller
{
    private const int MostTags = 16;

    /// <summary>Reads <c>user</c>, <c>project</c>, <c>run</c> and <c>tags</c>.</summary>
    public static Caller Read(FieldReader fields, Call call)
    {
        var (user, project) = (fields.Text("user"), fields.Text("project"));
        return call.Caller with
        {
            User = call.Key.User ?? user ?? call.Caller.User,
            Project = call.Key.Project ?? project ?? call.Caller.Project,
            Run = fields.Text("run") ?? call.Caller.Run,
            Tags = Tags(fields) ?? call.Caller.Tags,
        };
    }

    /// <summary>An object of texts, or the form of the header.</summary>
    private static IReadOnlyList<KeyValuePair<string, string>>? Tags(FieldReader fields)
    {
        if (fields.Value("tags") is not { } value)
            return null;
        IReadOnlyList<KeyValuePair<string, string>>? tags = value.ValueKind switch
        {
            JsonValueKind.String => CallAttribution.TagsOf(value.GetString()!),
            JsonValueKind.Object when value.EnumerateObject().All(tag => tag.Value.ValueKind == JsonValueKind.String) =>
                [.. value.EnumerateObject().Select(tag => new KeyValuePair<string, string>(tag.Name, tag.Value.GetString()!))],
            _ => null,
        };
        if (tags is not null && tags.Count <= MostTags && tags.All(IsUsable))
            return tags;
        fields.Fail("tags", $"Must be an object of texts, such as {{\"team\":\"search\"}}: at most {MostTags} names of at most 256 printable characters, without comma or equals sign.");
        return null;
    }

    private static bool IsUsable(KeyValuePair<string, string> tag) =>
        tag.Key.Length > 0 && tag.Key.Length + tag.Value.Length < 256 && !(tag.Key + tag.Value).Any(char.IsControl)
        && !tag.Key.AsSpan().ContainsAny(',', '=') && !tag.Value.Contains(',', StringComparison.Ordinal);
}
