using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BudgetProxy.Stripe;

/// <summary>
/// The header <c>Stripe-Signature: t=(Unix seconds),v1=(hex)[,v1=(hex)…]</c>: HMAC-SHA256, in lowercase hex, over the bytes of <c>{t}.{body}</c> with the whole
/// <c>whsec_…</c> as key (Stripe's documentation "Verify webhook signatures manually", and EventUtility in Stripe.net). Other schemes are passed over.
/// </summary>
public static class StripeSignature
{
    public const string Header = "Stripe-Signature";

    /// <summary>How far the clock of the signature may be from ours, either way, inclusive.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    private const int MostHeaderChars = 4096;
    private const int HexChars = 2 * SHA256.HashSizeInBytes;

    /// <param name="headers">All values of the header; one is right.</param>
    /// <param name="secrets">Any of them will do.</param>
    public static SignatureVerdict Verify(IReadOnlyList<string?> headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (headers.Count != 1 || string.IsNullOrEmpty(headers[0]))
            return SignatureVerdict.Missing;
        if (headers[0]!.Length > MostHeaderChars || !TryParse(headers[0]!, out var timestamp, out var signatures))
            return SignatureVerdict.Malformed;
        // The signature first: whoever has no secret learns nothing of our clock.
        var isOurs = false;
        foreach (var secret in secrets)
        {
            var expected = Compute(secret, timestamp, body);
            foreach (var signature in signatures)
                isOurs |= CryptographicOperations.FixedTimeEquals(expected, signature);
        }

        if (!isOurs)
            return SignatureVerdict.Wrong;
        var seconds = long.Parse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture);
        return Math.Abs(now.ToUnixTimeSeconds() - seconds) <= (long)Tolerance.TotalSeconds ? SignatureVerdict.Valid : SignatureVerdict.OutOfTime;
    }

    /// <summary>The value of <c>v1</c>, as ASCII.</summary>
    /// <param name="timestamp">As it stands in the header.</param>
    public static byte[] Compute(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes(timestamp));
        hash.AppendData("."u8);
        hash.AppendData(body);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static bool TryParse(string header, out string timestamp, out List<byte[]> signatures)
    {
        (timestamp, signatures) = ("", []);
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
                return false;
            var (name, value) = (part[..at], part[(at + 1)..]);
            if (name == "t")
            {
                // Two times would leave open which of them was signed. 15 digits are more than any clock, and no overflow.
                if (timestamp.Length > 0 || value.Length is 0 or > 15 || value.AsSpan().ContainsAnyExceptInRange('0', '9'))
                    return false;
                timestamp = value;
            }
            else if (name == "v1" && value.Length == HexChars)
            {
                signatures.Add(Encoding.ASCII.GetBytes(value));
            }
        }

        return timestamp.Length > 0 && signatures.Count > 0;
    }
}
