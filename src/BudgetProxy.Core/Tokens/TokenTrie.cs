using System.Numerics;
using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// All tokens by their bytes, to find the longest one at a place. A node that ends a token has the token's id for its number, so that walking needs no second table;
/// the others are numbered after the tokens. The first two bytes lead straight to their node; the edges from there on are in one open-addressing table: node and byte,
/// then child.
/// </summary>
internal sealed class TokenTrie
{
    private const int Bits = 24;
    private const ulong Empty = ulong.MaxValue;

    private readonly int _tokens;
    private readonly int[] _roots = new int[256];
    private readonly int[] _pairs = new int[65536];
    private ulong[] _edges;
    private int _shift;
    private int _nodes;
    private int _count;

    public TokenTrie(int tokens)
    {
        _tokens = _nodes = tokens;
        Array.Fill(_pairs, Vocabulary.None);
        _edges = NewEdges(BitOperations.RoundUpToPowerOf2((uint)tokens * 4));
    }

    /// <summary>Adds a token; every token that is a prefix of it must be there. Returns the longest of those.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Add(ReadOnlySpan<byte> text, int token)
    {
        if (text.Length == 1)
        {
            _roots[text[0]] = token;
            return Vocabulary.None;
        }

        var prefix = _roots[text[0]];
        ref var pair = ref _pairs[(text[0] << 8) | text[1]];
        if (text.Length == 2)
        {
            pair = token;
            return prefix;
        }

        if (pair < 0) pair = _nodes++;
        var node = pair;
        if (node < _tokens) prefix = node;
        for (var i = 2; i < text.Length - 1; i++)
        {
            var child = Child(node, text[i]);
            if (child < 0) Insert(node, text[i], child = _nodes++);
            node = child;
            if (node < _tokens) prefix = node;
        }

        Insert(node, text[^1], token);
        return prefix;
    }

    /// <summary>The longest token that the text, not empty, begins with.</summary>
    public int Longest(ReadOnlySpan<byte> text)
    {
        var longest = _roots[text[0]];
        if (text.Length == 1) return longest;
        var node = _pairs[(text[0] << 8) | text[1]];
        if (node < 0) return longest;
        if (node < _tokens) longest = node;
        for (var i = 2; i < text.Length; i++)
        {
            node = Child(node, text[i]);
            if (node < 0) break;
            if (node < _tokens) longest = node;
        }

        return longest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Child(int node, byte next)
    {
        var key = Key(node, next);
        var edges = _edges;
        for (var slot = Slot(key); ; slot = (slot + 1) & (edges.Length - 1))
        {
            var edge = edges[slot];
            if (edge >> Bits == key) return (int)(edge & ((1 << Bits) - 1));
            if (edge == Empty) return Vocabulary.None;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Insert(int node, byte next, int child)
    {
        if (++_count * 2 > _edges.Length) Grow();
        Place((Key(node, next) << Bits) | (uint)child);
    }

    private void Place(ulong edge)
    {
        var slot = Slot(edge >> Bits);
        while (_edges[slot] != Empty) slot = (slot + 1) & (_edges.Length - 1);
        _edges[slot] = edge;
    }

    private void Grow()
    {
        var old = _edges;
        _edges = NewEdges((uint)old.Length * 2);
        foreach (var edge in old)
        {
            if (edge != Empty) Place(edge);
        }
    }

    private ulong[] NewEdges(uint size)
    {
        var edges = new ulong[size];
        Array.Fill(edges, Empty);
        _shift = 64 - BitOperations.Log2(size);
        return edges;
    }

    private static ulong Key(int node, byte next) => ((ulong)(uint)node << 8) | next;

    private int Slot(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> _shift);
}
