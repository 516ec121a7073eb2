using System.Security.Cryptography;
using System.Text;

namespace BudgetProxy.Alerts;

/// <summary>What rings once over all proxies: the row of this key decides.</summary>
/// <param name="Key">At most some 60 characters.</param>
/// <param name="Until">From when on it may ring again; null = never.</param>
public sealed record AlertMark(string Key, DateTimeOffset? Until)
{
    private const int HashChars = 40;

    /// <summary>A key of bounded length for a kind and what tells its instances apart.</summary>
    public static AlertMark Of(string kind, DateTimeOffset? until, params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(part.Length).Append(':').Append(part);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        return new AlertMark($"{kind}/{hash[..HashChars]}", until);
    }
}
