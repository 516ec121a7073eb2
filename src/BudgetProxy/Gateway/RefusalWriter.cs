using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Gateway;

/// <summary>Answers in the provider's own error shape, so that its SDK raises its own typed error.</summary>
public static class RefusalWriter
{
    /// <summary>The answers are JSON and never stand in a page, so quotes and plus signs stay readable.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes status, headers and body. Does nothing once the answer has begun.</summary>
    public static async Task WriteAsync(HttpContext context, Provider provider, GatewayRefusal refusal)
    {
        var response = context.Response;
        if (response.HasStarted)
            return;

        response.StatusCode = refusal.Status;
        SetHeaders(response, refusal);
        var body = new ArrayBufferWriter<byte>(512);
        WriteBody(body, provider, refusal, response.Headers[HeaderNames.RequestId].ToString());
        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    private static void SetHeaders(HttpResponse response, GatewayRefusal refusal)
    {
        var headers = response.Headers;
        headers[HeaderNames.Code] = refusal.Code;
        var requestId = headers[HeaderNames.RequestId];
        // The SDKs read the request id of an error from these two.
        headers["x-request-id"] = requestId;
        headers["request-id"] = requestId;
        if (refusal.RetryAfterSeconds is { } seconds)
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        else
            headers[HeaderNames.ShouldRetry] = "false";
        if (refusal.EstimatedCost is { } cost)
            headers[HeaderNames.EstimatedCostUsd] = cost.ToString();
        if (refusal.Budget is not { } budget)
            return;

        headers[HeaderNames.Budget] = budget.Budget.Name;
        headers[HeaderNames.Limit] = Plain(budget.Limit, budget.Budget.LimitKind);
        headers[HeaderNames.Remaining] = Plain(budget.Remaining, budget.Budget.LimitKind);
        if (budget.ResetsAt is { } reset)
            headers[HeaderNames.Reset] = Refusals.Shown(reset);
    }

    private static void WriteBody(IBufferWriter<byte> output, Provider provider, GatewayRefusal refusal, string requestId)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        switch (provider)
        {
            case Provider.Anthropic:
                json.WriteString("type", "error");
                json.WriteStartObject("error");
                json.WriteString("type", AnthropicType(refusal.Status));
                json.WriteString("message", refusal.Message);
                json.WriteStartObject("details");
                json.WriteString("error_code", refusal.Code);
                WriteBudget(json, refusal);
                WriteLines(json, refusal);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteString("request_id", requestId);
                break;
            case Provider.Bedrock:
                json.WriteString("message", refusal.Message);
                break;
            case Provider.Ollama:
                json.WriteString("error", refusal.Message);
                break;
            case Provider.Vertex:
                json.WriteStartObject("error");
                json.WriteNumber("code", refusal.Status);
                json.WriteString("message", refusal.Message);
                json.WriteString("status", "FAILED_PRECONDITION");
                json.WriteEndObject();
                break;
            default:
                json.WriteStartObject("error");
                json.WriteString("message", refusal.Message);
                json.WriteString("type", OpenAiType(refusal.Status));
                json.WriteString("param", refusal.Param);
                json.WriteString("code", refusal.Code);
                WriteFields(json, refusal);
                WriteBudget(json, refusal);
                WriteLines(json, refusal);
                json.WriteEndObject();
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteBudget(Utf8JsonWriter json, GatewayRefusal refusal)
    {
        if (refusal.Budget is not { } budget)
            return;
        json.WriteStartObject("budget");
        json.WriteString("name", budget.Budget.Name);
        json.WriteString("limit", Plain(budget.Limit, budget.Budget.LimitKind));
        json.WriteString("remaining", Plain(budget.Remaining, budget.Budget.LimitKind));
        if (budget.ResetsAt is { } reset)
            json.WriteString("resets_at", Refusals.Shown(reset));
        else
            json.WriteNull("resets_at");
        if (refusal.EstimatedCost is { } cost)
            json.WriteString("estimated_cost_usd", cost.ToString());
        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, GatewayRefusal refusal)
    {
        if (refusal.Fields.Count == 0)
            return;
        json.WriteStartArray("errors");
        foreach (var (param, message) in refusal.Fields)
        {
            json.WriteStartObject();
            json.WriteString("param", param);
            json.WriteString("message", message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLines(Utf8JsonWriter json, GatewayRefusal refusal)
    {
        if (refusal.Lines.Count == 0)
            return;
        json.WriteStartArray("lines");
        foreach (var line in refusal.Lines)
        {
            json.WriteStartObject();
            json.WriteNumber("line", line.Number);
            json.WriteString("custom_id", line.CustomId);
            json.WriteString("reason", line.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("more_lines", refusal.MoreLines);
    }

    private static string Plain(long amount, LimitKind kind) =>
        kind.IsMoney() ? new NanoUsd(amount).ToBalance() : amount.ToString(CultureInfo.InvariantCulture);

    private static string OpenAiType(int status) => status switch
    {
        402 => "insufficient_quota",
        429 => "rate_limit_exceeded",
        403 => "permission_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string AnthropicType(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        409 => "conflict_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
