using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace BudgetProxy.Tenants;

/// <summary>
/// A key in full, which exists only between its making and the one answer that shows it: kind, 43 random base62 characters (256 bits) and a
/// six-character checksum, by which a scanner for leaked keys tells one from a string that merely looks like it.
/// </summary>
public readonly record struct KeySecret
{
    public const string VirtualKind = "bp_";
    public const string AdminKind = "bpa_";

    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private const int RandomChars = 43;
    private const int ChecksumChars = 6;

    /// <summary>Characters that may be shown afterwards to recognise the key by; the other 35 keep more than 200 bits.</summary>
    private const int ShownChars = 8;

    private KeySecret(string kind)
    {
        var random = RandomNumberGenerator.GetString(Base62, RandomChars);
        Text = kind + random + Checksum(random);
        Prefix = Text[..(kind.Length + ShownChars)];
    }

    /// <summary>The key itself. To be shown once and stored nowhere.</summary>
    public string Text { get; }

    /// <summary>The first characters, to recognise it by.</summary>
    public string Prefix { get; }

    public KeyHash Hash => KeyHash.Of(Text);

    public static KeySecret NewVirtual() => new(VirtualKind);

    public static KeySecret NewAdmin() => new(AdminKind);

    public override string ToString() => Prefix + "…";

    private static string Checksum(ReadOnlySpan<char> random)
    {
        Span<byte> ascii = stackalloc byte[RandomChars];
        Encoding.ASCII.GetBytes(random, ascii);
        var crc = uint.MaxValue;
        foreach (var b in ascii)
            crc = BitOperations.Crc32C(crc, b);
        crc = ~crc;
        Span<char> digits = stackalloc char[ChecksumChars];
        for (var i = ChecksumChars - 1; i >= 0; i--, crc /= 62)
            digits[i] = Base62[(int)(crc % 62)];
        return new string(digits);
    }
}
