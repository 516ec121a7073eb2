using System.Text;
using System.Text.Json;
using BudgetProxy.Core.Metering;

namespace BudgetProxy.Core.Tests.Metering;

public sealed class JsonCursorTests
{
    /// <summary>For JSON that the platform's parser accepts, the cursor sees the same members and counts.</summary>
    [Fact]
    public void Sees_what_a_full_parser_sees()
    {
        var random = new Random(3);
        for (var round = 0; round < 5000; round++)
        {
            var text = new StringBuilder();
            WriteObject(text, random, depth: 0);
            var json = Encoding.UTF8.GetBytes(text.ToString());
            using var document = JsonDocument.Parse(json);
            var cursor = new JsonCursor(json);
            AssertObject(document.RootElement, ref cursor);
            Assert.True(cursor.IsWhole(), text.ToString());
        }
    }

    [Theory]
    [InlineData("1", 1L)]
    [InlineData(" 0 ", 0L)]
    [InlineData("1099511627776", 1099511627776L)]
    [InlineData("null", 5L)]
    public void Reads_counts(string json, long expected)
    {
        var cursor = new JsonCursor(Encoding.UTF8.GetBytes(json));
        long? count = 5;
        Assert.True(cursor.ReadCount(ref count));
        Assert.Equal(expected, count);
        Assert.True(cursor.IsWhole());
    }

    [Theory]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData("1.0")]
    [InlineData("1e1")]
    [InlineData("0x10")]
    [InlineData("1099511627777")]
    [InlineData("9223372036854775808")]
    [InlineData("\"1\"")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("true")]
    [InlineData("")]
    public void Refuses_what_is_no_count_and_steps_over_it(string json)
    {
        var cursor = new JsonCursor(Encoding.UTF8.GetBytes(json));
        long? count = 5;
        Assert.False(cursor.ReadCount(ref count));
        Assert.Equal(5, count);
        Assert.Equal(json.Length > 0, cursor.IsWhole());
    }

    private static void AssertObject(JsonElement expected, ref JsonCursor cursor)
    {
        Assert.True(cursor.EnterObject());
        foreach (var member in expected.EnumerateObject())
        {
            Assert.True(cursor.NextKey(out var key));
            Assert.Equal(member.Name, JsonSerializer.Deserialize<string>([(byte)'"', .. key, (byte)'"']));
            AssertValue(member.Value, ref cursor);
        }

        Assert.False(cursor.NextKey(out _));
    }

    private static void AssertValue(JsonElement expected, ref JsonCursor cursor)
    {
        long? count = null;
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                AssertObject(expected, ref cursor);
                break;
            case JsonValueKind.Array:
                Assert.True(cursor.EnterArray());
                foreach (var item in expected.EnumerateArray())
                {
                    Assert.True(cursor.NextItem());
                    AssertValue(item, ref cursor);
                }

                Assert.False(cursor.NextItem());
                break;
            case JsonValueKind.Number when expected.GetRawText().All(char.IsAsciiDigit):
                Assert.True(cursor.ReadCount(ref count));
                Assert.Equal(expected.GetInt64(), count);
                break;
            case JsonValueKind.String:
                Assert.True(cursor.ReadString(out var inside));
                Assert.Equal(expected.GetRawText().Trim('"'), Encoding.UTF8.GetString(inside).Trim('"'));
                break;
            case JsonValueKind.Null:
                Assert.True(cursor.ReadNull());
                break;
            default:
                Assert.True(cursor.SkipPresent());
                break;
        }
    }

    private static void WriteObject(StringBuilder text, Random random, int depth)
    {
        text.Append('{').Append(Space(random));
        var members = random.Next(5);
        for (var i = 0; i < members; i++)
        {
            if (i > 0) text.Append(Space(random)).Append(',').Append(Space(random));
            text.Append(JsonSerializer.Serialize(Text(random) + i)).Append(Space(random)).Append(':').Append(Space(random));
            WriteValue(text, random, depth + 1);
        }

        text.Append(Space(random)).Append('}').Append(Space(random));
    }

    private static void WriteValue(StringBuilder text, Random random, int depth)
    {
        switch (random.Next(depth > 5 ? 6 : 8))
        {
            case 0: text.Append("null"); break;
            case 1: text.Append(random.Next(2) == 0 ? "true" : "false"); break;
            case 2: text.Append(random.NextInt64(1L << 40)); break;
            case 3: text.Append("-1.5e-7"); break;
            case 4 or 5: text.Append(JsonSerializer.Serialize(Text(random))); break;
            case 6: WriteObject(text, random, depth); break;
            default:
                text.Append('[').Append(Space(random));
                for (var i = random.Next(4); i > 0; i--)
                {
                    WriteValue(text, random, depth + 1);
                    if (i > 1) text.Append(Space(random)).Append(',').Append(Space(random));
                }

                text.Append(Space(random)).Append(']');
                break;
        }
    }

    private static string Space(Random random) => random.Next(6) switch { 0 => " ", 1 => "\n", 2 => "\r\n\t", _ => "" };

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => "ab\"\\{}[],: \né🗼\u0001"[random.Next(14)]).Where(c => !char.IsSurrogate(c)));
}
