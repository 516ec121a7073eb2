using System.Runtime.InteropServices;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// The blocks of one prompt in body order, as its reader met them. A block opened within another belongs to it. A prompt of more than <see cref="Most"/>
/// blocks has none: nothing is told of its prefixes.
/// </summary>
public sealed class PromptBlocks
{
    /// <summary>Blocks of a prompt at most, so that nobody's body takes memory without bound.</summary>
    public const int Most = 4096;

    private readonly List<PromptBlock> _blocks = [];
    private int _depth;
    private bool _overflown;

    /// <summary>The blocks; good until the next one is added.</summary>
    public Span<PromptBlock> All => _overflown ? [] : CollectionsMarshal.AsSpan(_blocks);

    public int Count => _blocks.Count;

    /// <summary>The section of the blocks that are opened from here on.</summary>
    public PromptSection Section { get; set; } = PromptSection.Messages;

    /// <summary>Anthropic's <c>cache_control</c> beside the messages: a marker at the end of the last block.</summary>
    public CacheWrite AtEnd { get; private set; }

    public void Reset()
    {
        _blocks.Clear();
        _depth = 0;
        _overflown = false;
        Section = PromptSection.Messages;
        AtEnd = CacheWrite.None;
    }

    /// <summary>A block begins; every call has its <see cref="Close"/>.</summary>
    /// <param name="start">Byte offset into the body.</param>
    public void Open(ProviderRequest request, int start)
    {
        _overflown |= _blocks.Count >= Most;
        if (_depth++ == 0 && !_overflown)
            _blocks.Add(new PromptBlock { Section = Section, Start = start, FirstSpan = request.Content.Count, FirstImage = request.Images.Count });
    }

    /// <summary>The block opened last ends.</summary>
    /// <param name="end">Byte offset after it.</param>
    public void Close(ProviderRequest request, int end)
    {
        if (--_depth > 0 || _overflown)
            return;
        ref var block = ref CollectionsMarshal.AsSpan(_blocks)[^1];
        block.End = end;
        block.EndSpan = request.Content.Count;
        block.EndImage = request.Images.Count;
    }

    /// <summary>A marker with its bytes in the body: at the end of the open block, or of the prompt where none is open.</summary>
    public void Mark(CacheWrite write, int start, int end)
    {
        if (_depth == 0)
            AtEnd = write;
        if (_depth == 0 || _overflown)
            return;
        ref var block = ref CollectionsMarshal.AsSpan(_blocks)[^1];
        block.Marker = write;
        block.MarkerStart = start;
        block.MarkerEnd = end;
    }

    /// <summary>Tells whose the blocks from <paramref name="first"/> on are, once it is known.</summary>
    public void SetRole(int first, byte role)
    {
        foreach (ref var block in CollectionsMarshal.AsSpan(_blocks)[Math.Min(first, _blocks.Count)..])
            block.Role = role;
    }
}
