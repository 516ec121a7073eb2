using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// One byte-level BPE vocabulary: the two halves of every token, its length, and its longest proper prefix that is a token. Token ids are merge ranks.
/// Read where the assembly is mapped (Vocabularies/README.md); only the table of merges is built, about 4.5 MB for o200k_base and half of that for cl100k_base.
/// </summary>
internal sealed unsafe class Vocabulary
{
    /// <summary>No token.</summary>
    public const int None = (1 << Bits) - 1;

    private const int Bits = 18;
    private const int CutPairBytes = 16384 * 8;

    // Keeps what the pointers point to.
    private readonly UnmanagedMemoryStream _file;
    private readonly ulong* _tokens;

    private Vocabulary(UnmanagedMemoryStream file)
    {
        _file = file;
        var header = (uint*)_file.PositionPointer;
        Count = (int)header[0];
        var cells = header[1];
        _tokens = (ulong*)(header + 4);
        var trie = (uint*)(_tokens + Count);
        var cuts = (byte*)(trie + (2 * cells));
        Trie = new TokenTrie(trie, (int*)(trie + cells), header[2]);
        Cuts = new CutTable(cuts, cuts + CutPairBytes);
        Merges = new MergeTable(Count);
        AddMerges();
    }

    public int Count { get; }

    /// <summary>In bytes.</summary>
    public int LongestToken { get; private set; } = 1;

    public MergeTable Merges { get; }

    public TokenTrie Trie { get; }

    public CutTable Cuts { get; }

    public static Vocabulary Load(string name)
    {
        // An assembly's resource is a view of the mapped file, for as long as the assembly is loaded.
        if (typeof(Vocabulary).Assembly.GetManifestResourceStream(name) is not UnmanagedMemoryStream file)
            throw new InvalidOperationException($"The vocabulary {name} is not embedded in this build.");
        return new Vocabulary(file);
    }

    /// <summary>The first of the two tokens that merge into this one; a single byte is its own left half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Left(int token) => (int)_tokens[token] & None;

    /// <summary>The second; for a single byte its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Right(int token) => (int)(_tokens[token] >> Bits) & None;

    /// <summary>In bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Length(int token) => (int)(_tokens[token] >> (3 * Bits));

    /// <summary>The longest token that this one begins with, itself excepted; <see cref="None"/> for a single byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Prefix(int token) => (int)(_tokens[token] >> (2 * Bits)) & None;

    // Loading runs once, before the compiler has seen any of it often: the long loop asks for its best at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddMerges()
    {
        var longest = 1;
        for (var token = 256; token < Count; token++)
        {
            Merges.Add(Left(token), Right(token), token);
            longest = Math.Max(longest, Length(token));
        }

        LongestToken = longest;
    }
}
