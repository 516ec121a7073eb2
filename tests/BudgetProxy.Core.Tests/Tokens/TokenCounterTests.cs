using System.Text;
using System.Text.Json;
using BudgetProxy.Core.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Tokens;

public sealed class TokenCounterTests
{
    private static readonly TokenCounter Counter = TokenCounter.For(TokenEncoding.O200kBase);

    [Fact]
    public void There_is_one_counter_for_each_encoding()
    {
        TokenCounter.LoadAll();
        Assert.Same(Counter, TokenCounter.For(TokenEncoding.O200kBase));
        Assert.Equal(TokenEncoding.O200kBase, Counter.Encoding);
        Assert.Equal(TokenEncoding.Cl100kBase, TokenCounter.For(TokenEncoding.Cl100kBase).Encoding);
    }

    [Fact]
    public void A_count_is_never_above_the_bytes() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var utf8 = Encoding.UTF8.GetBytes(text.Get);
            var count = Counter.Count(utf8);
            Assert.InRange(count, utf8.Length == 0 ? 0 : 1, utf8.Length);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Escapes_do_not_change_a_count() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var plain = Counter.Count(Encoding.UTF8.GetBytes(text.Get));
            Assert.Equal(plain, Counter.CountJsonString(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(text.Get)[1..^1])));
            Assert.Equal(plain, Counter.CountJsonString(Encoding.UTF8.GetBytes(string.Concat(text.Get.Select(unit => $"\\u{(int)unit:X4}")))));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""a\nb\tc\r\"\\\/\b\f""", "a\nb\tc\r\"\\/\b\f")]
    [InlineData("""\ud83d\ude00""", "\U0001F600")]
    [InlineData("""\uD83D\uDE00\uD83D""", "\U0001F600\uFFFD")]
    [InlineData("""x\udc00y\ud800\n\ud800\ud800\udc00""", "x\uFFFDy\uFFFD\n\uFFFD\U00010000")]
    [InlineData("""\u0000\u00e9\u4E2D""", "\0é中")]
    [InlineData("", "")]
    public void Escapes_are_resolved(string escaped, string text)
    {
        var buffer = new byte[Encoding.UTF8.GetByteCount(escaped)];
        var length = JsonText.Unescape(Encoding.UTF8.GetBytes(escaped), buffer);
        Assert.Equal(text, Encoding.UTF8.GetString(buffer, 0, length));
        Assert.Equal(Counter.Count(Encoding.UTF8.GetBytes(text)), Counter.CountJsonString(Encoding.UTF8.GetBytes(escaped)));
    }

    /// <summary>A reader has refused such bodies before; here they must only be safe.</summary>
    [Theory]
    [InlineData("\\")]
    [InlineData("a\\u12")]
    [InlineData("\\q\\uZZZZ")]
    public void What_is_no_escape_is_kept(string escaped) =>
        Assert.Equal(Counter.Count(Encoding.UTF8.GetBytes(escaped)), Counter.CountJsonString(Encoding.UTF8.GetBytes(escaped)));

    [Fact]
    public void Invalid_bytes_count_as_replacement_characters()
    {
        Assert.Equal(Counter.Count("a\uFFFDb"u8), Counter.Count([(byte)'a', 0xFF, (byte)'b']));
        Assert.Equal(Counter.Count("\uFFFD"u8), Counter.Count([0xE4, 0xB8]));
        Assert.Equal(Counter.Count("日\uFFFD"u8), Counter.CountJsonString([0xE6, 0x97, 0xA5, 0xC0]));
    }

    /// <summary>A long run is the same token over and over; tiktoken gives the same figures up to the lengths that it can answer for.</summary>
    [Theory]
    [InlineData("a", 8)]
    [InlineData(" ", 128)]
    [InlineData("ab", 4)]
    [InlineData("日", 6)]
    public void Long_runs_count_exactly(string unit, int bytesPerToken)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(unit, 400_000 / Encoding.UTF8.GetByteCount(unit))));
        Assert.Equal((bytes.Length + bytesPerToken - 1) / bytesPerToken, Counter.Count(bytes));
    }

    /// <summary>Once the pooled buffers have grown to their size: short and long pieces, escapes, invalid bytes alone and between escapes.</summary>
    [Theory]
    [InlineData(TokenEncoding.O200kBase)]
    [InlineData(TokenEncoding.Cl100kBase)]
    public void Counting_allocates_nothing(TokenEncoding encoding)
    {
        var counter = TokenCounter.For(encoding);
        byte[][] texts =
        [
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("It's a test, 日本語のテキスト antidisestablishmentarianism 12345\n", 50)) + new string('a', 5000)),
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("line\\n\\u00e9\\ud83d\\ude00\\ud83d x", 50))),
            Enumerable.Repeat<byte[]>([(byte)'a', 0xFF, 0xE4, 0xB8, (byte)' ', 0xF0, 0x9F], 500).SelectMany(bytes => bytes).ToArray(),
            Enumerable.Repeat<byte[]>([(byte)'a', 0xFF, (byte)'\\', (byte)'n', 0xED, 0xA0, 0x80], 500).SelectMany(bytes => bytes).ToArray(),
            new byte[1_000_000],
        ];
        var allocated = 0L;
        for (var pass = 0; pass < 3; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var text in texts)
            {
                counter.Count(text);
                counter.CountJsonString(text);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    /// <summary>As the framework's own decoder replaces them, wherever they stand, and between escapes.</summary>
    [Fact]
    public void Invalid_bytes_count_as_the_decoder_replaces_them() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var repaired = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes));
            Assert.Equal(Counter.Count(repaired), Counter.Count(bytes));
            Assert.Equal(Counter.CountJsonString(repaired), Counter.CountJsonString(bytes));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(TokenEncoding.O200kBase)]
    [InlineData(TokenEncoding.Cl100kBase)]
    public void A_limit_tells_more_from_not_more(TokenEncoding encoding)
    {
        var counter = TokenCounter.For(encoding);
        var texts = new RandomTexts(11);
        for (var i = 0; i < 3000; i++)
        {
            var utf8 = Encoding.UTF8.GetBytes(texts.Next());
            var json = JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(utf8))[1..^1];
            var whole = counter.Count(utf8);
            foreach (var limit in new[] { 0, whole / 2, whole - 1, whole, whole + 1 }.Where(limit => limit >= 0))
            {
                var least = Math.Min(whole, limit + 1);
                Assert.InRange(counter.Count(utf8, limit), least, limit >= whole ? whole : int.MaxValue);
                Assert.InRange(counter.CountJsonString(json, limit), least, limit >= whole ? whole : int.MaxValue);
            }
        }
    }

    [Fact]
    public void What_lies_behind_the_limit_is_not_looked_at()
    {
        var utf8 = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a few words and then 漢字かな。\n", 10_000)));
        Assert.InRange(Counter.Count(utf8, 1000), 1001, 1001 + 16);
    }

    [Fact]
    public void A_limit_stops_within_a_piece_too()
    {
        var random = new Random(7);
        var letters = Enumerable.Range(0, 1_000_000).Select(_ => (byte)('a' + random.Next(26))).ToArray();
        Assert.InRange(Counter.Count(letters, 1000), 1001, letters.Length / 100);
    }

    [Fact]
    public void Threads_agree()
    {
        var texts = Enumerable.Range(0, 500).Select(i => Encoding.UTF8.GetBytes(new RandomTexts(i).Next())).ToArray();
        var expected = texts.Select(text => Counter.Count(text)).ToArray();
        Parallel.For(0, 8, _ => Assert.Equal(expected, texts.Select(text => Counter.Count(text)).ToArray()));
    }
}
