using System.Text;
using BudgetProxy.Core.Requests;
using BudgetProxy.Forwarding;

namespace BudgetProxy.Tests.Forwarding;

public sealed class SplicedStreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public void What_goes_out_is_the_body_with_its_splices_whatever_they_are_read_in(int chunk)
    {
        var random = new Random(chunk);
        for (var round = 0; round < 300; round++)
        {
            var body = new byte[random.Next(0, 40)];
            random.NextBytes(body);
            var splices = Splices(random, body.Length);
            var expected = body.ToList();
            foreach (var splice in splices.OrderByDescending(splice => splice.Start))
            {
                expected.RemoveRange(splice.Start, splice.Removed);
                expected.InsertRange(splice.Start, splice.Inserted.ToArray());
            }

            random.Shuffle(splices);
            using var stream = new SplicedStream(body, splices);
            Assert.Equal(expected.Count, stream.Length);
            var read = new List<byte>();
            var buffer = new byte[chunk];
            for (int count; (count = stream.Read(buffer)) > 0;)
                read.AddRange(buffer.AsSpan(0, count));
            Assert.Equal(expected, read);
        }
    }

    [Fact]
    public void Two_insertions_at_one_place_both_go_out()
    {
        using var stream = new SplicedStream("{}"u8.ToArray(), new BodySplice(1, 0, "a"u8.ToArray()), new BodySplice(1, 0, "b"u8.ToArray()), default);
        using var text = new StreamReader(stream, Encoding.UTF8);
        Assert.Equal("{ab}", text.ReadToEnd());
    }

    /// <summary>Up to four that neither overlap nor touch.</summary>
    private static BodySplice[] Splices(Random random, int length)
    {
        var splices = new List<BodySplice>();
        for (int at = random.Next(0, 5), most = random.Next(0, 5); at <= length && splices.Count < most; at += random.Next(1, 6))
        {
            var removed = Math.Min(random.Next(0, 4), length - at);
            splices.Add(new BodySplice(at, removed, Encoding.ASCII.GetBytes(new string('+', random.Next(0, 4)))));
            at += removed;
        }

        return [.. splices];
    }
}
