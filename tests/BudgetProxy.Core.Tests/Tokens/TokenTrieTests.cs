using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

public sealed class TokenTrieTests
{
    [Fact]
    public void Keeps_all_that_it_holds_when_it_grows()
    {
        var trie = new TokenTrie(5);
        trie.Add("a"u8, 0);
        trie.Add("b"u8, 1);
        Assert.Equal(0, trie.Add("ab"u8, 2));
        Assert.Equal(2, trie.Add("abb"u8, 3));
        // Far more edges than five tokens were to have.
        Assert.Equal(3, trie.Add("abb-and-a-text-that-is-long-enough-to-need-more-room-than-there-was"u8, 4));
        Assert.Equal(2, trie.Longest("ab"u8));
        Assert.Equal(2, trie.Longest("abc"u8));
        Assert.Equal(3, trie.Longest("abb-and-a-text"u8));
        Assert.Equal(4, trie.Longest("abb-and-a-text-that-is-long-enough-to-need-more-room-than-there-was."u8));
    }
}
