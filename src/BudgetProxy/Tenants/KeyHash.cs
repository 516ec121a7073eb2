using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BudgetProxy.Tenants;

/// <summary>
/// The SHA-256 of a key: all that is kept of one. A fast hash is right here, since what is hashed is 256 random bits. Held in the struct itself, so
/// that a lookup allocates nothing.
/// </summary>
public readonly record struct KeyHash
{
    /// <summary>Bytes of a SHA-256.</summary>
    public const int Size = 32;

    /// <summary>No key of ours comes near this; what is longer is hashed no further, only found unknown.</summary>
    private const int MaxKeyChars = 512;

    private readonly ulong _a, _b, _c, _d;

    /// <param name="sha256">Exactly <see cref="Size"/> bytes.</param>
    public KeyHash(ReadOnlySpan<byte> sha256)
    {
        if (sha256.Length != Size)
            throw new ArgumentException("A SHA-256 has 32 bytes.", nameof(sha256));
        _a = BinaryPrimitives.ReadUInt64LittleEndian(sha256);
        _b = BinaryPrimitives.ReadUInt64LittleEndian(sha256[8..]);
        _c = BinaryPrimitives.ReadUInt64LittleEndian(sha256[16..]);
        _d = BinaryPrimitives.ReadUInt64LittleEndian(sha256[24..]);
    }

    /// <summary>The hash of a key as it stands in a header. Characters past the 512th are not looked at.</summary>
    public static KeyHash Of(ReadOnlySpan<char> key)
    {
        if (key.Length > MaxKeyChars)
            key = key[..MaxKeyChars];
        Span<byte> utf8 = stackalloc byte[MaxKeyChars * 3];
        Span<byte> sha256 = stackalloc byte[Size];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(key, utf8)], sha256);
        return new KeyHash(sha256);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _a);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), _b);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), _c);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), _d);
        return bytes;
    }

    /// <summary>Takes the same time wherever the two differ.</summary>
    public bool Equals(KeyHash other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    public override int GetHashCode() => (int)_a;

    /// <summary>Nothing of the hash: it has no business in a log.</summary>
    public override string ToString() => nameof(KeyHash);
}
