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
    private int _charged;
    private int _chargedImages;
    private bool _overflown;

    /// <summary>The blocks; good until the next one is added.</summary>
    public Span<PromptBlock> All => _overflown ? [] : CollectionsMarshal.AsSpan(_blocks);

    public int Count => _blocks.Count;

    /// <summary>The section of the blocks that are opened from here on.</summary>
    public PromptSection Section { get; set; } = PromptSection.Messages;

    /// <summary>Anthropic's <c>cache_control</c> beside the messages: a marker at the end of the last block.</summary>
    public CacheWrite AtEnd { get; private set; }

    /// <summary>True once the blocks have their hashes.</summary>
    public bool Hashed { get; private set; }

    public void Reset()
    {
        _blocks.Clear();
        _depth = _charged = _chargedImages = 0;
        _overflown = Hashed = false;
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

    /// <summary>Adds the tokens of a span to the block that holds it; spans come in their order.</summary>
    /// <param name="span">Its index in <see cref="ProviderRequest.Content"/>.</param>
    public void Charge(int span, long tokens)
    {
        var blocks = All;
        while (_charged < blocks.Length && blocks[_charged].EndSpan <= span)
            _charged++;
        if (_charged < blocks.Length && blocks[_charged].FirstSpan <= span)
            blocks[_charged].Tokens += tokens;
    }

    /// <summary>Adds the tokens of an image to the block that holds it; images come in their order.</summary>
    /// <param name="image">Its index in <see cref="ProviderRequest.Images"/>.</param>
    public void ChargeImage(int image, long tokens)
    {
        var blocks = All;
        while (_chargedImages < blocks.Length && blocks[_chargedImages].EndImage <= image)
            _chargedImages++;
        if (_chargedImages < blocks.Length && blocks[_chargedImages].FirstImage <= image)
            blocks[_chargedImages].Tokens += tokens;
    }

    /// <summary>Adds what a rule gives to every block of a section, and once to its first.</summary>
    public void ChargeEach(PromptSection section, long each, long first = 0)
    {
        foreach (ref var block in All)
        {
            if (block.Section != section)
                continue;
            block.Tokens += each + first;
            first = 0;
        }
    }

    /// <summary>The blocks in the provider's order, to be hashed. After this none may be added, nor charged by its spans.</summary>
    public Span<PromptBlock> Arrange()
    {
        Hashed = true;
        var blocks = All;
        // As numbers: to compare enums boxes them.
        blocks.Sort(static (one, other) => one.Section != other.Section ? (int)one.Section - (int)other.Section : one.Start.CompareTo(other.Start));
        return blocks;
    }

    /// <summary>Tells whose the blocks from <paramref name="first"/> on are, once it is known.</summary>
    public void SetRole(int first, byte role)
    {
        foreach (ref var block in CollectionsMarshal.AsSpan(_blocks)[Math.Min(first, _blocks.Count)..])
            block.Role = role;
    }
}
