using System.Text.Json;

namespace BudgetProxy.Demo;

/// <summary>Error bodies in each provider's shape.</summary>
internal static class SimulatedErrors
{
    public static string OpenAi(string message, string type, string? code) =>
        JsonSerializer.Serialize(new { error = new { message, type, param = (string?)null, code } });

    public static string Anthropic(string message, string type, string requestId) =>
        JsonSerializer.Serialize(new { type = "error", error = new { type, message }, request_id = requestId });

    /// <summary>The usual body for a status.</summary>
    public static string For(bool anthropic, int status, string message, string requestId) =>
        anthropic ? Anthropic(message, AnthropicType(status), requestId) : OpenAi(message, OpenAiType(status), OpenAiCode(status));

    private static string AnthropicType(int status) => status switch
    {
        400 => "invalid_request_error",
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        _ => "api_error",
    };

    private static string OpenAiType(int status) => status switch
    {
        429 => "requests",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string? OpenAiCode(int status) => status switch
    {
        401 => "invalid_api_key",
        404 => "unknown_url",
        429 => "rate_limit_exceeded",
        503 => "server_is_overloaded",
        _ => null,
    };
}
