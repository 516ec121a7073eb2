using System.Numerics;
using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Which two tokens merge into which. Open addressing; an entry packs left, right and merged into one word of 21 bits each. Nearly all pairs asked for do not merge:
/// a filter of a few bits for each merge, small enough to stay in the processor's cache, answers most of those.
/// </summary>
internal sealed class MergeTable
{
    private const int Bits = 21;
    private const ulong Empty = ulong.MaxValue;

    private readonly ulong[] _entries;
    private readonly int _shift;
    private readonly ulong[] _filter;
    private readonly int _filterShift;

    public MergeTable(int tokens)
    {
        var size = BitOperations.RoundUpToPowerOf2((uint)tokens * 2);
        _entries = new ulong[size];
        _shift = 64 - BitOperations.Log2(size);
        Array.Fill(_entries, Empty);
        _filter = new ulong[size / 16];
        _filterShift = _shift - 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int left, int right, int merged)
    {
        var key = Key(left, right);
        var bit = (int)(Hash(key) >> _filterShift);
        _filter[bit >> 6] |= 1UL << bit;
        var slot = (int)(Hash(key) >> _shift);
        while (_entries[slot] != Empty) slot = (slot + 1) & (_entries.Length - 1);
        _entries[slot] = (key << Bits) | (uint)merged;
    }

    /// <summary>The token that the two merge into, or <see cref="int.MaxValue"/>, a rank later than all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int left, int right)
    {
        var key = Key(left, right);
        var hash = Hash(key);
        var bit = (int)(hash >> _filterShift);
        return (_filter[bit >> 6] & (1UL << bit)) == 0 ? int.MaxValue : Probe(key, (int)(hash >> _shift));
    }

    private int Probe(ulong key, int slot)
    {
        var entries = _entries;
        while (true)
        {
            var entry = entries[slot];
            if (entry >> Bits == key) return (int)(entry & ((1 << Bits) - 1));
            if (entry == Empty) return int.MaxValue;
            slot = (slot + 1) & (entries.Length - 1);
        }
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << Bits) | (uint)right;

    private static ulong Hash(ulong key) => key * 0x9E3779B97F4A7C15;
}
