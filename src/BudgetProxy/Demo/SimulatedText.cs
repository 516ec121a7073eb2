using System.Text;

namespace BudgetProxy.Demo;

/// <summary>Text of a known number of tokens: every word, with the space before it, is one token of o200k_base and of cl100k_base.</summary>
internal static class SimulatedText
{
    private static readonly string[] Words =
    [
        "The", " cost", " of", " this", " call", " was", " known", " before", " it", " left", " and", " the", " rest", " is", " paid", " in", " full",
    ];

    /// <summary>The token at a place of the text, from 0.</summary>
    public static string Token(long index) => index == 0 ? Words[0] : Words[1 + ((index - 1) % (Words.Length - 1))];

    /// <summary>The first <paramref name="tokens"/> tokens.</summary>
    public static string Of(long tokens)
    {
        var text = new StringBuilder();
        for (var i = 0L; i < tokens; i++)
            text.Append(Token(i));
        return text.ToString();
    }
}
