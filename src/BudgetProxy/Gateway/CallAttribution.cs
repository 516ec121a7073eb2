using BudgetProxy.Core.Budgets;
using Microsoft.Extensions.Primitives;

namespace BudgetProxy.Gateway;

/// <summary>Resolves user, project, run and tags: a pin on the key wins over headers, headers over the body.</summary>
public static class CallAttribution
{
    private const int MaxLength = 256;
    private const int MaxTags = 16;

    /// <summary>Fills in the caller; null = resolved.</summary>
    public static GatewayRefusal? Attribute(Call call, string? bodyUser)
    {
        var headers = call.Context.Request.Headers;
        if (!TryRead(headers[HeaderNames.User], out var user))
            return Refusals.InvalidAttribution(HeaderNames.User);
        if (!TryRead(headers[HeaderNames.Project], out var project))
            return Refusals.InvalidAttribution(HeaderNames.Project);
        if (!TryRead(headers[HeaderNames.Run], out var run))
            return Refusals.InvalidAttribution(HeaderNames.Run);
        if (!TryReadTags(headers[HeaderNames.Tags], out var tags))
            return Refusals.InvalidAttribution(HeaderNames.Tags);

        call.Caller = new Caller
        {
            Tenant = call.Tenant.Id,
            Key = call.Key.Id,
            User = call.Key.User ?? user ?? Usable(bodyUser),
            Project = call.Key.Project ?? project,
            Run = run,
            Tags = tags,
            Prepaid = call.Tenant.PaysBefore,
        };
        return null;
    }

    private static bool TryRead(StringValues header, out string? value)
    {
        value = header.Count == 0 ? null : header.ToString().Trim();
        if (string.IsNullOrEmpty(value))
        {
            value = null;
            return true;
        }

        return header.Count == 1 && IsUsable(value);
    }

    private static bool TryReadTags(StringValues header, out IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        tags = [];
        if (header.Count == 0)
            return true;

        if (TagsOf(header.ToString()) is not { } read)
            return false;
        tags = read;
        return true;
    }

    /// <summary>The run that the call names; null = none, or one that can't be.</summary>
    public static string? RunOf(Call call) => TryRead(call.Context.Request.Headers[HeaderNames.Run], out var run) ? run : null;

    /// <summary>Tags in the form of the header, <c>k=v,k=v</c>; null = it is not that form.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>>? TagsOf(string text)
    {
        var read = new List<KeyValuePair<string, string>>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || read.Count == MaxTags || !IsUsable(part))
                return null;
            var name = part[..equals].TrimEnd();
            if (read.Exists(tag => tag.Key == name))
                return null;
            read.Add(new KeyValuePair<string, string>(name, part[(equals + 1)..].TrimStart()));
        }

        return read;
    }

    /// <summary>A user in the body is the client's free text for the provider: what can't be a scope is cut to one rather than refused.</summary>
    internal static string? Usable(string? user)
    {
        if (string.IsNullOrWhiteSpace(user))
            return null;
        var cut = user.Length <= MaxLength ? user : user[..MaxLength];
        return IsUsable(cut) ? cut : string.Create(cut.Length, cut, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(text[i]) ? '_' : text[i];
        });
    }

    private static bool IsUsable(string value)
    {
        if (value.Length > MaxLength)
            return false;
        foreach (var c in value)
        {
            if (char.IsControl(c))
                return false;
        }

        return true;
    }
}
