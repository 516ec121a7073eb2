using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Proxies;

/// <summary>A proxy has refused, and said why (RFC 9457).</summary>
/// <param name="fields">What is wrong, by field as the API names them; empty where it is about none.</param>
internal sealed partial class ProxyRefusal(string message, HttpStatusCode status, IReadOnlyDictionary<string, IReadOnlyList<string>> fields) : CommandException(message, CodeOf(status))
{
    private const string NoSuchCall = "There is no admin call";

    public HttpStatusCode Status => status;

    /// <summary>The answer as a whole.</summary>
    public JsonElement Document { get; private init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Fields => fields;

    /// <summary>What a status other than success, and the body with it, mean.</summary>
    public static CommandException Of(Uri url, HttpStatusCode status, string body)
    {
        if (Problem(body) is not { } problem)
            return new CommandException($"What is at {url} answers {(int)status} and is no BudgetProxy of this version.");
        var (title, detail) = (Text(problem, "title"), InCommands(Text(problem, "detail")));
        if (detail.StartsWith(NoSuchCall, StringComparison.Ordinal))
            return new CommandException($"The proxy at {url} is older than this command, and can't do that yet: {detail} Update it.");
        var words = status switch
        {
            HttpStatusCode.Unauthorized => $"The proxy at {url} does not know this key (401). {title} Set {ProxyOptions.KeyVariable}, give --key-file, or name a --profile.",
            HttpStatusCode.NotFound => detail,
            HttpStatusCode.PreconditionFailed => $"It was changed by somebody else meanwhile; nothing was done. {detail} Run the command again to change what is there now.",
            _ => $"The proxy at {url} refuses ({(int)status}). {title} {detail}",
        };
        return new ProxyRefusal(words, status, FieldsOf(problem)) { Document = problem };
    }

    /// <summary>The refusal with fields named as the command line names them.</summary>
    public string InWordsOf(Func<string, string?> flagOf) => string.Join(
        Environment.NewLine, Fields.Select(field => $"{flagOf(field.Key) ?? field.Key}: {string.Join(' ', field.Value)}"));

    private static int CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => ExitCode.NotFound,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.NotAllowed,
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => ExitCode.Conflict,
        HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => ExitCode.Unavailable,
        _ => ExitCode.Failed,
    };

    private static JsonElement? Problem(string body)
    {
        try
        {
            var problem = JsonElement.Parse(body);
            return problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("title", out _) && problem.TryGetProperty("detail", out _) ? problem : null;
        }
        catch (JsonException)
        {
            // Something else answered.
            return null;
        }
    }

    private static Dictionary<string, IReadOnlyList<string>> FieldsOf(JsonElement problem)
    {
        var fields = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (!problem.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Object)
            return fields;
        foreach (var field in errors.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Array))
            fields[field.Name] = [.. field.Value.EnumerateArray().Select(message => message.ToString())];
        return fields;
    }

    private static string Text(JsonElement problem, string name) => problem.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    /// <summary>The API tells its callers which call to make; here it is a command.</summary>
    private static string InCommands(string detail) => Deletion().Replace(TopUp().Replace(detail, "`budgetproxy budgets topup ${tenant} ${budget} ${usd}`"), "`budgetproxy tenants delete ${tenant} --discard-balance ${usd}`")
        .Replace("Make it with PUT /admin/v1/tenants/{tenant}.", "`budgetproxy tenants set` makes one, `budgetproxy tenants list` shows those there are.", StringComparison.Ordinal)
        .Replace("Make it with PUT /admin/v1/plans/{plan}.", "`budgetproxy plans set` makes one, `budgetproxy plans list` shows those there are.", StringComparison.Ordinal)
        .Replace("Make it with PUT /admin/v1/alerts/webhooks/{name}.", "`budgetproxy alerts webhooks set` makes one, `budgetproxy alerts webhooks list` shows those there are.", StringComparison.Ordinal);

    [GeneratedRegex("POST /admin/v1/tenants/(?<tenant>[^/ ]+)/budgets/(?<budget>[^/ ]+)/topup with \\{\"usd\":\"(?<usd>[^\"]+)\"\\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TopUp();

    [GeneratedRegex(@"DELETE /admin/v1/tenants/(?<tenant>[^/? ]+)\?discardBalance=(?<usd>-?\d+\.\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Deletion();
}
