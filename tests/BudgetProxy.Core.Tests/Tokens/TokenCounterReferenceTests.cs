using System.Text;
using BudgetProxy.Core.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>The fast counter against the slow definition, on texts that neither has seen.</summary>
public sealed class TokenCounterReferenceTests
{
    private static readonly ReferenceBpe O200k = new(TokenEncoding.O200kBase);
    private static readonly ReferenceBpe Cl100k = new(TokenEncoding.Cl100kBase);

    [Theory]
    [InlineData(TokenEncoding.O200kBase)]
    [InlineData(TokenEncoding.Cl100kBase)]
    public void Counts_as_the_definition_does(TokenEncoding encoding)
    {
        var texts = new RandomTexts(seed: 1);
        for (var i = 0; i < 10_000; i++) AssertAgrees(encoding, texts.Next());
    }

    [Theory]
    [InlineData(TokenEncoding.O200kBase)]
    [InlineData(TokenEncoding.Cl100kBase)]
    public void Splits_as_the_pattern_does(TokenEncoding encoding)
    {
        var texts = new RandomTexts(seed: 2);
        for (var i = 0; i < 20_000; i++)
        {
            var text = texts.Next();
            Assert.Equal(Reference(encoding).Pieces(text), Split(encoding, Encoding.UTF8.GetBytes(text)));
        }
    }

    /// <summary>One context whose pieces change with the character's class, for every character of the basic plane.</summary>
    [Theory]
    [InlineData(TokenEncoding.O200kBase)]
    [InlineData(TokenEncoding.Cl100kBase)]
    public void Every_character_is_of_its_class(TokenEncoding encoding)
    {
        for (var unit = 0; unit <= char.MaxValue; unit++)
        {
            if (char.IsSurrogate((char)unit)) continue;
            var text = $"{(char)unit}B {(char)unit}b{(char)unit}1 {(char)unit}{(char)unit}\n";
            Assert.Equal(Reference(encoding).Pieces(text), Split(encoding, Encoding.UTF8.GetBytes(text)));
        }
    }

    [Fact]
    public void Any_string_counts_as_the_definition_does() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var basic = new string(text.Get.Where(unit => !char.IsSurrogate(unit)).ToArray());
            AssertAgrees(TokenEncoding.O200kBase, basic);
            AssertAgrees(TokenEncoding.Cl100kBase, basic);
        }).QuickCheckThrowOnFailure();

    /// <summary>Cutting, caching and backtracking at their seams: long pieces of few kinds of character, and of whole tokens glued together.</summary>
    [Theory]
    [InlineData("ab", 400)]
    [InlineData("的是一不了在有人我他这为之", 300)]
    [InlineData("のにはをたがでてとしれさ日本", 300)]
    [InlineData("=-+*/\\|", 300)]
    [InlineData("कखगाि्", 300)]
    [InlineData("abcdefghijklmnopqrstuvwxyz", 400)]
    public void Long_pieces_count_as_the_definition_does(string alphabet, int longest)
    {
        var random = new Random(alphabet.Length);
        for (var i = 0; i < 100; i++)
        {
            var text = new string(Enumerable.Range(0, 1 + random.Next(longest)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray());
            AssertAgrees(TokenEncoding.O200kBase, text);
            AssertAgrees(TokenEncoding.Cl100kBase, text);
        }
    }

    private static void AssertAgrees(TokenEncoding encoding, string text)
    {
        var expected = Reference(encoding).Count(text);
        var actual = TokenCounter.For(encoding).Count(Encoding.UTF8.GetBytes(text));
        if (expected != actual) Assert.Fail($"{encoding}: {actual}, not {expected}, for \"{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}\"");
    }

    private static ReferenceBpe Reference(TokenEncoding encoding) => encoding == TokenEncoding.O200kBase ? O200k : Cl100k;

    private static List<string> Split(TokenEncoding encoding, byte[] text)
    {
        var pieces = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = encoding == TokenEncoding.O200kBase ? O200kPattern.PieceEnd(text, start) : Cl100kPattern.PieceEnd(text, start);
            pieces.Add(Encoding.UTF8.GetString(text[start..end]));
            start = end;
        }

        return pieces;
    }
}
