using System.Text;
using BudgetProxy.Benchmarks.Counting;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>One row of the tables.</summary>
/// <param name="Body">Length of the request body in bytes.</param>
internal sealed record LoadCase(int Body, bool Streamed, int Callers)
{
    /// <summary>Common words in changing order, so that counting them is ordinary work.</summary>
    private static readonly string[] Words =
    [
        "report", "the", "customer", "asked", "whether", "shipping", "costs", "would", "change", "after", "March", "and", "please", "every",
    ];

    /// <summary>True = the text is prose out of thousands of words, not out of a few.</summary>
    public bool IsDocument { get; init; }

    /// <summary>True = no call's text was ever sent before: it begins with a number of its own.</summary>
    public bool IsFresh { get; init; }

    public override string ToString() => $"{Body / 1024} KB{(Streamed ? ", streamed" : "")}";

    /// <summary>A chat of exactly <see cref="Body"/> bytes.</summary>
    public byte[] RequestBody()
    {
        var stream = Streamed ? "\"stream\":true," : "";
        var head = $$"""{"model":"gpt-4o-mini",{{stream}}"max_tokens":100,"messages":[{"role":"user","content":" """.TrimEnd();
        const string Tail = "\"}]}";
        var text = new StringBuilder(head);
        if (IsDocument)
            text.Append(Encoding.ASCII.GetString(new SampleTexts(TokenList.Load()).Prose(Body)).Replace("\n", "\\n", StringComparison.Ordinal));
        for (var i = 0; text.Length < Body; i++)
            text.Append(Words[(i * 7 + i / 11) % Words.Length]).Append(i % 13 == 12 ? ". " : " ");
        text.Length = Body - Tail.Length;
        // An escape is not to be cut in two.
        if (text[^1] == '\\')
            text[^1] = ' ';
        return Encoding.ASCII.GetBytes(text.Append(Tail).ToString());
    }

    /// <summary>Writes a number into the first letters of the text, so that none before it was the same.</summary>
    public static void Stamp(Span<byte> request, long number)
    {
        var text = request[(request.IndexOf("\"content\":\""u8) + 11)..];
        for (var i = 0; i < 13; i++, number /= 26)
            text[i] = (byte)('a' + number % 26);
    }
}
