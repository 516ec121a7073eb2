using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// One byte-level BPE vocabulary: the two halves of every token, its length, and its longest proper prefix that is a token. Token ids are merge ranks.
/// Built once from an embedded file (Vocabularies/README.md); about 24 MB with its look-up tables for o200k_base, 12 MB for cl100k_base.
/// </summary>
internal sealed class Vocabulary
{
    /// <summary>No token.</summary>
    public const int None = -1;

    private const int Header = 4 + 256;

    private readonly int[] _left;
    private readonly int[] _right;
    private readonly int[] _prefix;
    private readonly byte[] _length;

    private Vocabulary(ReadOnlySpan<byte> file)
    {
        Count = BinaryPrimitives.ReadInt32LittleEndian(file);
        _left = new int[Count];
        _right = new int[Count];
        _prefix = new int[Count];
        _length = new byte[Count];
        Merges = new MergeTable(Count);
        Trie = new TokenTrie(Count);
        ShortTokens = new ShortTokenSet(Count);
        var offsets = new int[Count + 1];
        var text = ReadTokens(file, offsets);
        // About the same work each, and they write to different tables.
        Parallel.Invoke(() => AddToTrie(text, offsets), () => AddToTables(text, offsets));
    }

    public int Count { get; }

    public MergeTable Merges { get; }

    public TokenTrie Trie { get; }

    public ShortTokenSet ShortTokens { get; }

    public CutTable Cuts { get; } = new();

    public static Vocabulary Load(string name)
    {
        using var stream = typeof(Vocabulary).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The vocabulary {name} is not embedded in this build.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return new Vocabulary(file);
    }

    /// <summary>The first of the two tokens that merge into this one; a single byte is its own half.</summary>
    public int Left(int token) => _left[token];

    public int Right(int token) => _right[token];

    public int Length(int token) => _length[token];

    /// <summary>The longest token that this one begins with, itself excepted; <see cref="None"/> for a single byte.</summary>
    public int Prefix(int token) => _prefix[token];

    // Loading runs once, before the compiler has seen any of it often: the methods with the long loops ask for its best at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private byte[] ReadTokens(ReadOnlySpan<byte> file, int[] offsets)
    {
        var text = new byte[Count * 8];
        for (var token = 0; token < Count; token++)
        {
            var start = offsets[token];
            if (token < 256)
            {
                _left[token] = _right[token] = token;
                _length[token] = 1;
                text[start] = file[4 + token];
            }
            else
            {
                var pair = file.Slice(Header + ((token - 256) * 6), 6);
                int left = ReadId(pair), right = ReadId(pair[3..]);
                _left[token] = left;
                _right[token] = right;
                _length[token] = checked((byte)(_length[left] + _length[right]));
                if (start + _length[token] > text.Length) Array.Resize(ref text, text.Length * 2);
                Array.Copy(text, offsets[left], text, start, _length[left]);
                Array.Copy(text, offsets[right], text, start + _length[left], _length[right]);
            }

            offsets[token + 1] = start + _length[token];
        }

        return text;
    }

    /// <summary>Shorter tokens first, so that a token's prefixes are in the trie before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddToTrie(byte[] text, int[] offsets)
    {
        var byLength = new int[Count];
        var starts = new int[257];
        foreach (var length in _length) starts[length + 1]++;
        for (var length = 1; length < starts.Length; length++) starts[length] += starts[length - 1];
        for (var token = 0; token < Count; token++) byLength[starts[_length[token]]++] = token;
        foreach (var token in byLength)
        {
            var bytes = text.AsSpan(offsets[token], _length[token]);
            _prefix[token] = Trie.Add(bytes, token);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddToTables(byte[] text, int[] offsets)
    {
        for (var token = 0; token < Count; token++)
        {
            var bytes = text.AsSpan(offsets[token], _length[token]);
            if (token >= 256) Merges.Add(_left[token], _right[token], token);
            Cuts.Add(bytes);
            if (bytes.Length <= ShortText.Longest) ShortTokens.Add(ShortText.Of(text, offsets[token], bytes.Length));
        }
    }

    private static int ReadId(ReadOnlySpan<byte> at) => at[0] | (at[1] << 8) | (at[2] << 16);
}
