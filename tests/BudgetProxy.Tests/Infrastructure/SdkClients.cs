using System.ClientModel;
using System.ClientModel.Primitives;
using Anthropic;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;
using OpenAI.Responses;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>
/// The official SDKs pointed somewhere by base URL and key alone. The base URLs are those that a user would set:
/// OpenAI's with <c>/v1</c>, Anthropic's without.
/// </summary>
internal static class SdkClients
{
    public static ChatClient OpenAiChat(string baseUrl, string key, string model, int maxRetries = 0) =>
        new(model, new ApiKeyCredential(key), OpenAiOptions(baseUrl, maxRetries));

    public static ResponsesClient OpenAiResponses(string baseUrl, string key, int maxRetries = 0) =>
        new(new ApiKeyCredential(key), new ResponsesClientOptions { Endpoint = new Uri(baseUrl), RetryPolicy = new ClientRetryPolicy(maxRetries) });

    public static EmbeddingClient OpenAiEmbeddings(string baseUrl, string key, string model, int maxRetries = 0) =>
        new(model, new ApiKeyCredential(key), OpenAiOptions(baseUrl, maxRetries));

    public static OpenAIModelClient OpenAiModels(string baseUrl, string key, int maxRetries = 0) =>
        new(new ApiKeyCredential(key), OpenAiOptions(baseUrl, maxRetries));

    public static AnthropicClient Anthropic(string baseUrl, string key, int maxRetries = 0) =>
        new() { BaseUrl = baseUrl, ApiKey = key, MaxRetries = maxRetries };

    private static OpenAIClientOptions OpenAiOptions(string baseUrl, int maxRetries) => new()
    {
        Endpoint = new Uri(baseUrl),
        RetryPolicy = new ClientRetryPolicy(maxRetries),
    };
}
