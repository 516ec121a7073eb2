using System.Text.Json.Nodes;

namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>An answer.</summary>
/// <param name="IsStored">True: it began, so that its idempotency key replays it.</param>
internal sealed record StripeResult(int Status, string Body, bool IsStored = true)
{
    public Dictionary<string, string> Headers { get; } = [];

    public static StripeResult Ok(JsonNode body) => new(200, body.ToJsonString());

    /// <summary>Found wrong before it began: not stored.</summary>
    public static StripeResult Invalid(string message, string? param = null, string? code = null) =>
        new(400, ErrorBody("invalid_request_error", message, code, param), IsStored: false);

    /// <summary>Found wrong when it was carried out: stored, and replayed.</summary>
    public static StripeResult Refused(string message, string? param = null, string? code = null, int status = 400) =>
        new(status, ErrorBody("invalid_request_error", message, code, param));

    public static StripeResult Of(int status, string type, string message, string? code = null) =>
        new(status, ErrorBody(type, message, code, null), IsStored: false);

    public StripeResult With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }

    private static string ErrorBody(string type, string message, string? code, string? param)
    {
        var error = new JsonObject { ["message"] = message, ["type"] = type };
        if (code is not null)
            error["code"] = code;
        if (param is not null)
            error["param"] = param;
        return new JsonObject { ["error"] = error }.ToJsonString();
    }
}
