using System.Text;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

/// <summary>Bodies as callers send them, and what the readers make of them.</summary>
internal static class Body
{
    public static byte[] Utf8(string json) => Encoding.UTF8.GetBytes(json);

    public static ProviderRequest Read(ProviderApi api, string json)
    {
        var request = new ProviderRequest();
        Assert.True(RequestReader.TryRead(api, Utf8(json), request, out var error), error?.Message + " at " + error?.Param);
        return request;
    }

    public static RequestError Refuse(ProviderApi api, string json) => Refuse(api, Utf8(json));

    public static RequestError Refuse(ProviderApi api, byte[] body)
    {
        Assert.False(RequestReader.TryRead(api, body, new ProviderRequest(), out var error), "The body was accepted.");
        Assert.NotNull(error);
        return error;
    }

    public static ProviderRequest Chat(string fields) => Read(ProviderApi.OpenAiChat, ChatJson(fields));

    public static RequestError RefuseChat(string fields) => Refuse(ProviderApi.OpenAiChat, ChatJson(fields));

    public static ProviderRequest Claude(string fields) => Read(ProviderApi.AnthropicMessages, ClaudeJson(fields));

    public static RequestError RefuseClaude(string fields) => Refuse(ProviderApi.AnthropicMessages, ClaudeJson(fields));

    /// <summary>A chat with one message and the given fields.</summary>
    public static string ChatJson(string fields) => "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + fields + "}";

    /// <summary>A chat whose one user message has this content (JSON).</summary>
    public static string ChatOf(string content) => "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":" + content + "}]}";

    public static string ClaudeJson(string fields) =>
        "{\"model\":\"claude-sonnet-5\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + fields + "}";

    public static string ClaudeOf(string content) =>
        "{\"model\":\"claude-sonnet-5\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":" + content + "}]}";

    /// <summary>The counted spans as <c>Kind:text</c>.</summary>
    public static string[] Spans(ProviderRequest request, string json)
    {
        var body = Utf8(json);
        return [.. request.Content.Select(span => $"{span.Kind}:{Encoding.UTF8.GetString(body, span.Start, span.Length)}")];
    }
}
