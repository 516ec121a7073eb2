namespace BudgetProxy.Demo;

/// <summary>The headers that providers put on their answers, among them those that show the account behind the key.</summary>
internal static class SimulatedHeaders
{
    public static void AddOpenAi(IHeaderDictionary headers, string requestId)
    {
        headers["x-request-id"] = requestId;
        headers["openai-organization"] = "org-operator-account";
        headers["openai-project"] = "proj_operator";
        headers["openai-version"] = "2020-10-01";
        headers["openai-processing-ms"] = "37";
        headers["x-ratelimit-limit-requests"] = "10000";
        headers["x-ratelimit-limit-tokens"] = "2000000";
        headers["x-ratelimit-remaining-requests"] = "9999";
        headers["x-ratelimit-remaining-tokens"] = "1999912";
        headers["x-ratelimit-reset-requests"] = "6ms";
        headers["x-ratelimit-reset-tokens"] = "2ms";
        AddEdge(headers);
    }

    public static void AddAnthropic(IHeaderDictionary headers, string requestId)
    {
        headers["request-id"] = requestId;
        headers["anthropic-organization-id"] = "0f1e2d3c-operator-account";
        foreach (var kind in (string[])["requests", "input-tokens", "output-tokens", "tokens"])
        {
            headers[$"anthropic-ratelimit-{kind}-limit"] = "4000";
            headers[$"anthropic-ratelimit-{kind}-remaining"] = "3999";
            headers[$"anthropic-ratelimit-{kind}-reset"] = "2026-11-21T10:00:00Z";
        }

        AddEdge(headers);
    }

    private static void AddEdge(IHeaderDictionary headers)
    {
        headers["cf-ray"] = "8f3a1c2b4d5e6f70-FRA";
        headers.SetCookie = "__cf_bm=operator-session; path=/; HttpOnly; Secure; SameSite=None";
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains; preload";
        headers["x-content-type-options"] = "nosniff";
    }
}
