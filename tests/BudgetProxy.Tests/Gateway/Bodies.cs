namespace BudgetProxy.Tests.Gateway;

/// <summary>Request bodies as SDKs send them.</summary>
internal static class Bodies
{
    public const string ChatPath = "/openai/v1/chat/completions";
    public const string MessagesPath = "/anthropic/v1/messages";
    public const string ResponsesPath = "/openai/v1/responses";
    public const string CompletionsPath = "/openai/v1/completions";
    public const string EmbeddingsPath = "/openai/v1/embeddings";

    public static string Chat(int maxTokens = 100, bool stream = false, string model = "gpt-4o-mini", string extra = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Say hello to the world."}],"max_tokens":{{maxTokens}},"stream":{{(stream ? "true" : "false")}}{{extra}}}""";

    public static string Responses(int maxTokens = 100, bool stream = false, string model = "gpt-4o-mini", string extra = "") =>
        $$"""{"model":"{{model}}","input":"Say hello to the world.","instructions":"Be kind.","max_output_tokens":{{maxTokens}},"stream":{{(stream ? "true" : "false")}}{{extra}}}""";

    public static string Messages(int maxTokens = 100, bool stream = false, string model = "claude-haiku-4-5-20251001", string extra = "") =>
        $$"""{"model":"{{model}}","max_tokens":{{maxTokens}},"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Say hello to the world."}]{{extra}}}""";

    public static string Completions(bool stream = false) =>
        $$"""{"model":"gpt-4o-mini","prompt":["Say hello to the world.","And again."],"best_of":2,"max_tokens":20,"stream":{{(stream ? "true" : "false")}}}""";

    public const string Embeddings = """{"model":"text-embedding-3-small","input":["one text","another text"]}""";
}
