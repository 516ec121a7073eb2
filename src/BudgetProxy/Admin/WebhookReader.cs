using BudgetProxy.Alerts;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>Reads a webhook's definition.</summary>
internal static class WebhookReader
{
    private const int MostUrlChars = 2_000;
    private const int MostTenants = 1_000;

    /// <summary>The webhook that the fields describe, with a secret of its own where it is new; to be used only where there is no error.</summary>
    /// <param name="old">What has the name now; null = nothing.</param>
    public static Webhook Read(string name, Webhook? old, FieldReader fields, DateTimeOffset now)
    {
        if (DirectoryRules.TenantIdProblem(name) is not null)
            fields.Fail("name", "A webhook's name is 1 to 64 of a-z, 0-9, '-', '_' and '.', and starts with a letter or digit.");
        var url = fields.Required("url") is null ? "" : fields.Text("url", MostUrlChars) ?? "";
        if (url.Length > 0 && UrlProblem(url) is { } problem)
            fields.Fail("url", problem);
        var events = fields.TextList("events", AlertKinds.All.Count);
        for (var i = 0; i < events.Count; i++)
        {
            if (!AlertKinds.All.Contains(events[i], StringComparer.Ordinal))
                fields.Fail($"events[{i}]", $"Must be one of: {string.Join(", ", AlertKinds.All)}. Leave events out, or empty, for all.");
        }

        var tenants = fields.TextList("tenants", MostTenants);
        for (var i = 0; i < tenants.Count; i++)
        {
            if (DirectoryRules.TenantIdProblem(tenants[i]) is { } wrong)
                fields.Fail($"tenants[{i}]", wrong);
        }

        var enabled = fields.Flag("enabled") ?? true;
        fields.RefuseUnknown();
        return new Webhook
        {
            Name = name,
            Url = url,
            Events = [.. events.Distinct(StringComparer.Ordinal)],
            Tenants = [.. tenants.Distinct(StringComparer.Ordinal)],
            Enabled = enabled,
            Secret = old?.Secret ?? WebhookSecret.New(),
            OldSecret = old?.OldSecret,
            OldUntil = old?.OldUntil,
            CreatedAt = old?.CreatedAt ?? DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()),
        };
    }

    private static string? UrlProblem(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            return "Must be an absolute http or https URL, such as https://alerts.example.com/budgets.";
        if (url.UserInfo.Length > 0)
            return "Must not hold a user or password: deliveries are signed instead.";
        if (url.Fragment.Length > 0)
            return "Must not have a fragment: it is never sent.";
        return WebhookSender.IsForbidden(url) ? "Must not be a link-local or cloud metadata address." : null;
    }
}
