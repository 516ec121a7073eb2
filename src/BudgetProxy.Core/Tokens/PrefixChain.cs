using System.Runtime.InteropServices;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Gives every block of a prompt the hash of all that stands before its end, in the provider's order: equal hashes are equal prefixes. The whole bytes of a
/// block enter, images and all, but its cache marker, which moves from call to call. So does what else keeps two caches apart: API, model, speed and cache key.
/// </summary>
internal static class PrefixChain
{
    public static void Hash(ProviderApi api, ProviderRequest request, ReadOnlySpan<byte> body, ReadOnlySpan<byte> salt)
    {
        var key = body.Slice(request.CacheKey.Start, request.CacheKey.Length);
        var prefix = TextHash.Begin(salt).Add((byte)api).Add((byte)request.ServiceTier)
            .Add((UInt128)(uint)key.Length).Add(key).Add(MemoryMarshal.AsBytes(request.Model.AsSpan())).End();
        foreach (ref var block in request.Blocks.Arrange())
        {
            var hash = TextHash.Begin(salt).Add(prefix).Add((byte)block.Section).Add(block.Role);
            block.Prefix = prefix = AddWritten(hash, block, body).End();
        }
    }

    private static TextHash AddWritten(TextHash hash, in PromptBlock block, ReadOnlySpan<byte> body)
    {
        if (block.Marker == CacheWrite.None)
            return hash.Add(body[block.Start..block.End]);
        var before = WithoutName(body[block.Start..block.MarkerStart]);
        var after = body[block.MarkerEnd..block.End];
        if (before[^1] == (byte)'{')
            after = after.TrimStart(" \t\r\n,"u8);
        return hash.Add(before).Add(after);
    }

    /// <summary>Takes the marker's name off the end, and the comma that joined it to the field before.</summary>
    private static ReadOnlySpan<byte> WithoutName(ReadOnlySpan<byte> before)
    {
        before = before.TrimEnd(" \t\r\n:"u8)[..^1];
        return before[..before.LastIndexOf((byte)'"')].TrimEnd(" \t\r\n,"u8);
    }
}
