using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

public sealed class TokenTrieTests
{
    private static readonly Vocabulary O200k = Vocabulary.Load("o200k_base.bpe");

    [Fact]
    public void Every_token_is_found_by_its_bytes_with_its_prefix()
    {
        for (var token = 0; token < O200k.Count; token++)
        {
            var bytes = Bytes(token);
            Assert.True(O200k.Trie.Contains(bytes));
            Assert.Equal(token, O200k.Trie.Longest(bytes));
            Assert.Equal(bytes.Length, O200k.Length(token));
            var prefix = bytes.Length - 1;
            while (prefix > 0 && !O200k.Trie.Contains(bytes.AsSpan(0, prefix))) prefix--;
            Assert.Equal(prefix == 0 ? Vocabulary.None : O200k.Trie.Longest(bytes.AsSpan(0, prefix)), O200k.Prefix(token));
        }
    }

    [Fact]
    public void What_is_no_token_is_not_found()
    {
        Assert.False(O200k.Trie.Contains("qzxj"u8));
        Assert.Equal(Bytes(O200k.Trie.Longest("qzxj"u8)).Length, O200k.Length(O200k.Trie.Longest("qzxj"u8)));
        Assert.Equal("hello"u8.ToArray(), Bytes(O200k.Trie.Longest("hello\u0001"u8)));
        Assert.Equal([0xFF], Bytes(O200k.Trie.Longest([0xFF, 0xFF])));
    }

    private static byte[] Bytes(int token) => token < 256 ? [(byte)O200k.Right(token)] : [.. Bytes(O200k.Left(token)), .. Bytes(O200k.Right(token))];
}
