using System.Text;
using BudgetProxy.Core.Requests;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class ItemSplitterTests
{
    [Fact]
    public void Lines_are_the_same_however_the_body_is_cut() => Prop.ForAll<NonNull<string>[], PositiveInt, bool>((lines, seed, ends) =>
    {
        var texts = lines.Select(line => line.Get.Replace("\n", " ", StringComparison.Ordinal)).ToList();
        var body = string.Join('\n', texts) + (ends ? "\n" : "");
        var expected = body.Split('\n').Select((line, i) => (i + 1, line)).Where(line => line.line.Trim(' ', '\t', '\r').Length > 0).ToList();
        Assert.Equal(expected, Cut(sink => new JsonLineSplitter(1 << 20, sink), Encoding.UTF8.GetBytes(body), seed.Get, out var problem));
        Assert.Null(problem);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Objects_are_the_same_however_the_body_is_cut() => Prop.ForAll<NonNull<string>[], PositiveInt>((texts, seed) =>
    {
        var items = texts.Select((text, i) => System.Text.Json.JsonSerializer.Serialize(new { custom_id = $"{i}", nested = new { text = text.Get, braces = "}{\\\"" } })).ToList();
        var body = " {\"requests\" :\n[" + string.Join(" ,\r\n", items) + " ] }\n";
        var found = Cut(sink => new JsonArraySplitter(1 << 20, sink), Encoding.UTF8.GetBytes(body), seed.Get, out var problem);
        Assert.Null(problem);
        Assert.Equal(items, found.Select(item => item.Text));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("{\"requests\":[")]
    [InlineData("{\"requests\":[{}]")]
    [InlineData("{\"requests\":[{}]}}")]
    [InlineData("{\"requests\":[{},]}")]
    [InlineData("{\"requests\":[,{}]}")]
    [InlineData("{\"requests\":[1]}")]
    [InlineData("{\"requests\":[[]]}")]
    [InlineData("{\"req uests\":[]}")]
    [InlineData("{\"requests\":[]}{\"requests\":[]}")]
    [InlineData("{\"requests\":[],\"requests\":[{}]}")]
    [InlineData("\u00EF\u00BB\u00BF{\"requests\":[]}")]
    public void Anything_around_the_objects_but_their_list_is_a_problem(string body)
    {
        for (var seed = 1; seed < 8; seed++)
        {
            Cut(sink => new JsonArraySplitter(1 << 20, sink), Encoding.UTF8.GetBytes(body), seed, out var problem);
            Assert.NotNull(problem);
        }
    }

    [Fact]
    public void An_item_that_is_too_long_is_named_and_the_next_one_is_whole()
    {
        var found = new List<(int, int, bool)>();
        using var splitter = new JsonLineSplitter(10, (number, item, tooLong) => found.Add((number, item.Length, tooLong)));
        for (var i = 0; i < 5; i++)
            splitter.Feed("abcdefg"u8);
        splitter.Feed("\n12345\n1234567890\n12345678901\n"u8);
        splitter.Finish();
        Assert.Equal([(1, 0, true), (2, 5, false), (3, 10, false), (4, 0, true)], found);
    }

    private static List<(int Number, string Text)> Cut(Func<ItemSink, ItemSplitter> make, byte[] body, int seed, out string? problem)
    {
        var found = new List<(int, string)>();
        using var splitter = make((number, item, _) => found.Add((number, Encoding.UTF8.GetString(item))));
        var random = new System.Random(seed);
        for (var at = 0; at < body.Length;)
        {
            var length = Math.Min(random.Next(1, 1 + (seed % 40)), body.Length - at);
            splitter.Feed(body.AsSpan(at, length));
            at += length;
        }

        splitter.Finish();
        problem = splitter.Problem;
        return found;
    }
}
