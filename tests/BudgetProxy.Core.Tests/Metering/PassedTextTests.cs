using System.Text;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Metering;

public sealed class PassedTextTests
{
    private static readonly TokenCounter Counter = TokenCounter.For(TokenEncoding.O200kBase);

    [Fact]
    public void Counts_each_delta_for_itself_however_many_and_however_long()
    {
        var random = new Random(5);
        var text = new PassedText(Counter);
        var expected = 0L;
        for (var i = 0; i < 3000; i++)
        {
            var delta = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("word ", random.Next(100) == 0 ? random.Next(4000) : random.Next(4))));
            expected += Counter.CountJsonString(delta);
            text.Add(delta);
            if (random.Next(500) == 0) Assert.Equal(expected, text.Count());
        }

        text.Release(needed: true);
        Assert.Equal(expected, text.Count());
    }

    [Fact]
    public void Fills_its_buffer_to_the_last_byte()
    {
        foreach (var size in new[] { 4094, 8189, 8190, 8191, 8192, 8193 })
        {
            var delta = Encoding.UTF8.GetBytes(new string('x', size));
            var text = new PassedText(Counter);
            for (var i = 0; i < 4; i++) text.Add(delta);
            Assert.Equal(4 * Counter.CountJsonString(delta), text.Count());
        }
    }

    [Fact]
    public void A_count_of_parts_is_never_below_the_count_of_the_whole()
    {
        var words = new[] { "The", " quick", " brown", "\\n\\n", " fox", "es", " 12", "345", "é", " 🗼", "巴", "黎", "\\\"", "def ", "f(x):", "    return" };
        var random = new Random(6);
        for (var round = 0; round < 500; round++)
        {
            var deltas = Enumerable.Range(0, random.Next(1, 30)).Select(_ => words[random.Next(words.Length)]).ToArray();
            var text = new PassedText(Counter);
            foreach (var delta in deltas) text.Add(Encoding.UTF8.GetBytes(delta));
            Assert.InRange(Counter.CountJsonString(Encoding.UTF8.GetBytes(string.Concat(deltas))), 1, text.Count());
        }
    }
}
