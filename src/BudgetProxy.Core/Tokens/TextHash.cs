using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// 128 bits of HMAC-SHA256 under a key that is made when the process starts and never leaves it. Who has no key can neither find two texts of one hash nor tell a
/// text from its hash; 2^64 texts would have to be sent before two met by chance. One for each thread; a hash is begun, fed and ended without leaving it.
/// </summary>
public sealed class TextHash
{
    [ThreadStatic]
    private static TextHash? _own;

    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Key);

    private TextHash()
    {
    }

    /// <summary>Begins a hash on this thread.</summary>
    /// <param name="salt">The tenant's own.</param>
    public static TextHash Begin(ReadOnlySpan<byte> salt)
    {
        var hash = _own ??= new TextHash();
        hash._hash.AppendData(salt);
        return hash;
    }

    public TextHash Add(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        return this;
    }

    public TextHash Add(byte value) => Add([value]);

    public TextHash Add(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, value);
        return Add(bytes);
    }

    public UInt128 End()
    {
        Span<byte> bytes = stackalloc byte[32];
        _hash.GetHashAndReset(bytes);
        return BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }
}
