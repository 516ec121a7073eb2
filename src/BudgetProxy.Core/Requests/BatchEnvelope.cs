using System.Security.Cryptography;
using System.Text;

namespace BudgetProxy.Core.Requests;

/// <summary>What a line of a batch says around its body. Filled by one reader, reused for the next line.</summary>
public sealed class BatchEnvelope
{
    /// <summary>The caller's own id of the line; never empty after a successful read.</summary>
    public string CustomId { get; internal set; } = "";

    public ProviderApi Api { get; internal set; }

    /// <summary>Where the body stands in the line.</summary>
    public Range Body { get; internal set; }

    /// <summary>
    /// What stands for an id where it is kept: 128 bits of its SHA-256. Two ids of one batch are never taken for one (chance below 1e-28), and an id that is
    /// somebody's name stays nowhere.
    /// </summary>
    public static UInt128 HashOf(string customId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(customId), hash);
        return new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]));
    }

    internal void Reset()
    {
        CustomId = "";
        Body = default;
    }
}
