using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Commands;

/// <summary>
/// A definition behind a <c>PUT</c> that replaces it whole, changed in some of its fields: read, changed, and put back on condition that it is still what was read. All that
/// the API shows goes back, but for what it names here: a field that only a newer proxy has is kept, or refused aloud, and never lost in silence.
/// </summary>
/// <param name="path">Below <c>/admin/v1/</c>.</param>
/// <param name="onlyShown">Fields of the answer that are no part of the definition.</param>
internal sealed class Definition(AdminClient client, string path, params string[] onlyShown)
{
    /// <summary>Changes it, or makes it where there is none.</summary>
    /// <param name="mustBeNew">True = fails where there is one.</param>
    /// <exception cref="CommandException">Another has changed it meanwhile, or the proxy refuses.</exception>
    public async Task<DefinitionChange> SetAsync(Action<JsonObject> change, bool mustBeNew, CancellationToken cancellationToken)
    {
        var found = await client.FindAsync(path, cancellationToken);
        if (found is not null && mustBeNew)
            throw new CommandException("There is one of this name already; nothing was changed. Leave --new out to change it.", ExitCode.Conflict);
        var before = found is null ? new JsonObject() : Of(found.Json);
        var body = (JsonObject)before.DeepClone();
        change(body);
        if (found is not null && JsonNode.DeepEquals(before, body))
            return new DefinitionChange(found.Json, Made: false, []);
        var condition = found is null ? PutCondition.New : PutCondition.Unchanged(found.ETag);
        var answer = await client.PutAsync(path, body, condition, cancellationToken);
        return new DefinitionChange(answer.Json, found is null, Differences(before, body));
    }

    private JsonObject Of(JsonElement document)
    {
        var definition = JsonObject.Create(document) ?? [];
        foreach (var name in onlyShown)
            definition.Remove(name);
        return definition;
    }

    private static List<string> Differences(JsonObject before, JsonObject after) =>
        [.. after.Where(field => !JsonNode.DeepEquals(before[field.Key], field.Value)).Select(field => $"{field.Key}: {Shown(before[field.Key])} -> {Shown(field.Value)}")];

    private static string Shown(JsonNode? value) => value switch
    {
        null => "-",
        JsonValue single => single.ToString(),
        _ => value.ToJsonString(Output.JsonText.Compact),
    };
}
