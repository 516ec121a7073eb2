using System.Runtime.InteropServices;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Gives every block of a prompt the hash of all that stands before its end, in the provider's order: equal hashes are equal prefixes. The whole bytes of a
/// block enter, images and all, but its cache marker, which moves from call to call; a long text that was hashed when it was counted enters by that hash. So
/// does what else keeps two caches apart: API, model, speed and cache key.
/// </summary>
internal static class PrefixChain
{
    public static void Hash(ProviderApi api, ProviderRequest request, ReadOnlySpan<byte> body, ReadOnlySpan<byte> salt)
    {
        var key = body.Slice(request.CacheKey.Start, request.CacheKey.Length);
        var prefix = TextHash.Begin(salt).Add((byte)api).Add((byte)request.ServiceTier)
            .Add((UInt128)(uint)key.Length).Add(key).Add(MemoryMarshal.AsBytes(request.Model.AsSpan())).End();
        var texts = CollectionsMarshal.AsSpan(request.HashedTexts);
        texts.Sort(static (one, other) => one.Start.CompareTo(other.Start));
        foreach (ref var block in request.Blocks.Arrange())
        {
            var hash = TextHash.Begin(salt).Add(prefix).Add((byte)block.Section).Add(block.Role);
            block.Prefix = prefix = AddBlock(hash, block, body, texts).End();
        }
    }

    private static TextHash AddBlock(TextHash hash, in PromptBlock block, ReadOnlySpan<byte> body, ReadOnlySpan<HashedText> texts)
    {
        if (block.Marker == CacheWrite.None)
            return AddWritten(hash, block.Start, block.End, body, texts);
        var before = WithoutName(body[block.Start..block.MarkerStart]);
        var after = block.MarkerEnd;
        while (before[^1] == (byte)'{' && after < block.End && body[after] is (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            after++;
        AddWritten(hash, block.Start, block.Start + before.Length, body, texts);
        return AddWritten(hash, after, block.End, body, texts);
    }

    private static TextHash AddWritten(TextHash hash, int start, int end, ReadOnlySpan<byte> body, ReadOnlySpan<HashedText> texts)
    {
        for (var i = FirstFrom(texts, start); i < texts.Length && texts[i].End <= end; i++)
        {
            // A text within the one before is in it already.
            if (texts[i].Start < start)
                continue;
            hash.Add(body[start..texts[i].Start]).Add(texts[i].Hash);
            start = texts[i].End;
        }

        return hash.Add(body[start..end]);
    }

    private static int FirstFrom(ReadOnlySpan<HashedText> texts, int start)
    {
        var (low, high) = (0, texts.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (texts[middle].Start < start)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Takes the marker's name off the end, and the comma that joined it to the field before.</summary>
    private static ReadOnlySpan<byte> WithoutName(ReadOnlySpan<byte> before)
    {
        before = before.TrimEnd(" \t\r\n:"u8)[..^1];
        return before[..before.LastIndexOf((byte)'"')].TrimEnd(" \t\r\n,"u8);
    }
}
