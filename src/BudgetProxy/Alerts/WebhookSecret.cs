using System.Security.Cryptography;
using System.Text;

namespace BudgetProxy.Alerts;

/// <summary>
/// Signs deliveries as Standard Webhooks 1.0.0 has it (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, "Signature scheme"):
/// HMAC-SHA256 over <c>{id}.{timestamp}.{body}</c> with the bytes that stand in base64 behind <c>whsec_</c>.
/// </summary>
public static class WebhookSecret
{
    private const string Prefix = "whsec_";

    /// <summary>The specification asks for 24 to 64.</summary>
    private const int Bytes = 32;

    public static string New() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The value of <c>webhook-signature</c>: one signature for each secret, with a space between.</summary>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="timestamp">Of <c>webhook-timestamp</c>: Unix seconds of this attempt.</param>
    public static string Sign(IReadOnlyList<string> secrets, string id, long timestamp, string body)
    {
        var signed = Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}");
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret), signed))));
    }

    /// <summary>Another for another URL or secret; keyed by the secret, so that nobody can find the URL by trying.</summary>
    public static string FingerprintOf(Webhook webhook) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(KeyOf(webhook.Secret), Encoding.UTF8.GetBytes("fingerprint\n" + webhook.Url)).AsSpan(0, 8));

    private static byte[] KeyOf(string secret) => Convert.FromBase64String(secret[Prefix.Length..]);
}
