using System.Numerics;
using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>The tokens of at most <see cref="ShortText.Longest"/> bytes by their text: most words are one of them, and one look-up tells.</summary>
internal sealed class ShortTokenSet
{
    private readonly ShortText[] _entries;
    private readonly int _shift;

    public ShortTokenSet(int tokens)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)tokens * 2);
        _entries = new ShortText[size];
        _shift = 64 - BitOperations.Log2(size);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ShortText token)
    {
        var slot = (int)(token.Hash() >> _shift);
        while (_entries[slot].High != 0) slot = (slot + 1) & (_entries.Length - 1);
        _entries[slot] = token;
    }

    public bool Contains(ShortText text)
    {
        var entries = _entries;
        for (var slot = (int)(text.Hash() >> _shift); ; slot = (slot + 1) & (entries.Length - 1))
        {
            ref var entry = ref entries[slot];
            if (entry.Low == text.Low && entry.High == text.High) return true;
            // Every entry in use has a length.
            if (entry.High == 0) return false;
        }
    }
}
