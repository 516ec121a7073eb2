namespace BudgetProxy.Demo;

/// <summary>The simulated provider's models: the list it gives, and the dated snapshot that serves an alias.</summary>
internal static class SimulatedModels
{
    private static readonly Dictionary<string, string> Snapshots = new(StringComparer.Ordinal)
    {
        ["gpt-4o"] = "gpt-4o-2024-08-06",
        ["gpt-4o-mini"] = "gpt-4o-mini-2024-07-18",
        ["gpt-4.1"] = "gpt-4.1-2025-04-14",
        ["gpt-4.1-mini"] = "gpt-4.1-mini-2025-04-14",
        ["gpt-5-mini"] = "gpt-5-mini-2025-08-07",
        ["claude-haiku-4-5"] = "claude-haiku-4-5-20251001",
        ["claude-sonnet-4-5"] = "claude-sonnet-4-5-20250929",
        ["claude-opus-4-5"] = "claude-opus-4-5-20251101",
    };

    public static string SnapshotOf(string model) => Snapshots.GetValueOrDefault(model, model);

    public static string OpenAiList() =>
        $$"""{"object":"list","data":[{{string.Join(',', Names("gpt").Append("text-embedding-3-small").Select(OpenAiModel))}}]}""";

    public static string AnthropicList()
    {
        var names = Names("claude").ToList();
        var models = string.Join(',', names.Select(AnthropicModel));
        return $$"""{"data":[{{models}}],"first_id":"{{names[0]}}","has_more":false,"last_id":"{{names[^1]}}"}""";
    }

    private static IEnumerable<string> Names(string prefix) => Snapshots.Values.Where(model => model.StartsWith(prefix, StringComparison.Ordinal));

    private static string OpenAiModel(string id) => $$"""{"id":"{{id}}","object":"model","created":1721172741,"owned_by":"system"}""";

    private static string AnthropicModel(string id) =>
        $$"""{"type":"model","id":"{{id}}","display_name":"{{id}}","created_at":"2025-09-29T00:00:00Z","max_input_tokens":200000,"""
        + """ "max_tokens":64000,"capabilities":null}""";
}
