using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// All tokens by their bytes, to find the longest one at a place: a double array, where one look at one word takes one byte further. Its layout is told in
/// Vocabularies/pack.mjs. The words lie where the assembly is mapped and stay there.
/// </summary>
internal sealed unsafe class TokenTrie(uint* cells, int* ids, uint root)
{
    private const int BaseShift = 10;
    private const uint EndsToken = 0x200;

    /// <summary>The longest token that the text, not empty, begins with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Longest(ReadOnlySpan<byte> text)
    {
        // Every single byte is a token.
        uint longest = 0, state = root;
        foreach (var next in text)
        {
            var place = state + next;
            var cell = cells[place];
            if ((cell & 0x1FF) != (next | 0x100u)) break;
            if ((cell & EndsToken) != 0) longest = place;
            state = cell >> BaseShift;
        }

        return ids[longest];
    }

    /// <summary>Whether the text, not empty, is a token.</summary>
    public bool Contains(ReadOnlySpan<byte> text)
    {
        var state = root;
        uint cell = 0;
        foreach (var next in text)
        {
            cell = cells[state + next];
            if ((cell & 0x1FF) != (next | 0x100u)) return false;
            state = cell >> BaseShift;
        }

        return (cell & EndsToken) != 0;
    }
}
