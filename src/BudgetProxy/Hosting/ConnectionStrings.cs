using System.Data.Common;
using System.Globalization;

namespace BudgetProxy.Hosting;

/// <summary>
/// What can be seen to be wrong with a connection string before anything connects. No answer quotes the string: it may hold a password, and a
/// slip of its syntax can make the password look like anything else.
/// </summary>
internal static class ConnectionStrings
{
    /// <returns>What is wrong; null = nothing that can be seen.</returns>
    public static string? CheckRedis(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
            return "must be host:port,option=value (StackExchange.Redis), such as localhost:6379,password=..., not a URL";
        var endpoints = 0;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Contains('=', StringComparison.Ordinal))
                continue;
            endpoints++;
            if (!HasUsablePort(part))
                return "an endpoint's port must be a number from 1 to 65535";
        }

        return endpoints == 0 ? "names no endpoint: begin with host:port" : null;
    }

    /// <returns>What is wrong; null = nothing that can be seen.</returns>
    public static string? CheckPostgres(string text)
    {
        if (text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase))
            return "must be Key=Value;Key=Value (Npgsql), such as Host=localhost;Database=budgetproxy;Username=budgetproxy;Password=..., not a URL";
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            return parts.ContainsKey("Host") || parts.ContainsKey("Server") ? null : "names no Host";
        }
        catch (ArgumentException)
        {
            return "is not of the form Key=Value;Key=Value; a value with ; or = or quotes in it stands in quotes";
        }
    }

    /// <summary>An endpoint without a port has the usual one; an IPv6 address has its port after a bracket.</summary>
    private static bool HasUsablePort(string endpoint)
    {
        var colon = endpoint.LastIndexOf(':');
        if (colon < 0 || colon < endpoint.LastIndexOf(']') || (endpoint.IndexOf(':', StringComparison.Ordinal) != colon && !endpoint.StartsWith('[')))
            return true;
        return ushort.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
    }
}
