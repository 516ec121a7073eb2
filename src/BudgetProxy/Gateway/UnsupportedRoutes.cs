namespace BudgetProxy.Gateway;

/// <summary>Why a path that providers have is not forwarded here: a caller is told what stands against it, and what to use instead.</summary>
public static class UnsupportedRoutes
{
    private const string Socket = "a session over a socket spends without end, and no reservation bounds it. Use chat/completions or responses.";
    private const string Stored = "what lies at the provider belongs to the account that all tenants share.";

    /// <summary>Paths below <c>/openai/v1/</c> by how they begin (shut-down dates: OpenAI deprecations page, 2026-09).</summary>
    private static readonly (string Start, string Reason)[] OpenAi =
    [
        ("realtime", Socket),
        ("live", Socket),
        ("assistants", "the Assistants API was shut down by OpenAI on 2026-08-26. Use responses."),
        ("threads", "the Assistants API was shut down by OpenAI on 2026-08-26. Use responses."),
        ("videos", "the Videos API was shut down by OpenAI on 2026-09-24."),
        ("images", "how many tokens an image will take is not told by the body of every model, so that no bound can be reserved."),
        ("audio", "it is billed by minutes or characters, which budgets here do not count."),
        ("fine_tuning", "what training will cost can't be told from the request."),
        ("vector_stores", "storage is billed by the day, whoever calls."),
        ("containers", "a container is billed while it stands, whoever calls."),
        ("agents", "an agent spends at the provider out of sight, and no reservation bounds it."),
        ("sessions", "an agent spends at the provider out of sight, and no reservation bounds it."),
        ("conversations", Stored),
        ("responses/", Stored),
        ("chat/completions/", Stored),
        ("uploads", Stored),
        ("evals", "what it will cost can't be told from the request."),
    ];

    /// <summary>Why; null = there is no more to say than that it can't be metered.</summary>
    /// <param name="path">As the caller sent it.</param>
    public static string? ReasonOf(PathString path)
    {
        if (!path.StartsWithSegments("/openai/v1", StringComparison.OrdinalIgnoreCase, out var rest) || rest.Value is not ['/', .. var below])
            return null;
        foreach (var (start, reason) in OpenAi)
        {
            var whole = below.StartsWith(start, StringComparison.OrdinalIgnoreCase);
            if (whole && (start[^1] == '/' || below.Length == start.Length || below[start.Length] == '/'))
                return reason;
        }

        return null;
    }
}
