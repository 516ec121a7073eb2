using System.Text;

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

    public override string ToString() => $"{Body / 1024} KB{(Streamed ? ", streamed" : "")}";

    /// <summary>A chat of exactly <see cref="Body"/> bytes.</summary>
    public byte[] RequestBody()
    {
        var stream = Streamed ? "\"stream\":true," : "";
        var head = $$"""{"model":"gpt-4o-mini",{{stream}}"max_tokens":100,"messages":[{"role":"user","content":" """.TrimEnd();
        const string Tail = "\"}]}";
        var text = new StringBuilder(head);
        for (var i = 0; text.Length < Body; i++)
            text.Append(Words[(i * 7 + i / 11) % Words.Length]).Append(i % 13 == 12 ? ". " : " ");
        text.Length = Body - Tail.Length;
        return Encoding.ASCII.GetBytes(text.Append(Tail).ToString());
    }
}
