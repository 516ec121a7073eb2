using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BudgetProxy.Tests.Alerts;

/// <summary>A request as a receiver saw it.</summary>
internal sealed record ReceivedDelivery(string Method, string Path, Dictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];

    public JsonElement Json => JsonElement.Parse(Encoding.UTF8.GetString(Body));

    public string Type => Json.GetProperty("type").GetString()!;

    public JsonElement Data => Json.GetProperty("data");

    /// <summary>
    /// Verifies as a receiver would, by bytes: its own HMAC, made of SHA-256 alone as RFC 2104 defines it, so that no error of the proxy's is repeated here.
    /// </summary>
    public bool IsSignedWith(string secret)
    {
        var timestamp = Headers["webhook-timestamp"];
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Assert.InRange(long.Parse(timestamp, CultureInfo.InvariantCulture), now - 60, now + 1);
        return HasSignatureOf(secret);
    }

    /// <summary>The same whatever the time.</summary>
    public bool HasSignatureOf(string secret)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{Id}.{Headers["webhook-timestamp"]}."), .. Body];
        var expected = Convert.ToBase64String(Hmac(Convert.FromBase64String(secret["whsec_".Length..]), signed));
        return Headers["webhook-signature"].Split(' ').Contains("v1," + expected);
    }

    private static byte[] Hmac(byte[] key, byte[] message)
    {
        const int Block = 64;
        var padded = new byte[Block];
        (key.Length > Block ? SHA256.HashData(key) : key).CopyTo(padded, 0);
        byte[] inner = [.. padded.Select(b => (byte)(b ^ 0x36)), .. message];
        byte[] outer = [.. padded.Select(b => (byte)(b ^ 0x5c)), .. SHA256.HashData(inner)];
        return SHA256.HashData(outer);
    }
}
