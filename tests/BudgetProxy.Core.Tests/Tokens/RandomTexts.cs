using System.Text;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>Texts that are likely to be split or merged wrongly, from a fixed seed.</summary>
internal sealed class RandomTexts(int seed)
{
    private static readonly string[] Morsels =
    [
        " ", "  ", "\n", "\r\n", "\t", "\u00A0", "\u3000", "'", "'s", "'LL", "'re", "\u017F", "the", "The", "THE", "ing", "a", "B", "e\u0301", "\u0301", "\u02B0", "\u01C5", "1", "23", "4567", "\u00BD",
        ".", "/", "//", "!", "=", "--", "_", "\"", "{", "日", "本語", "的", "我们", "，", "。", "の", "です", "カ", "한국", "어", "Привет", "п", "م", "رحبا", "नम", "्", "สว", "\u200D", "\u200B", "<|endoftext|>", "\uFFFD",
    ];

    private readonly Random _random = new(seed);

    public string Next()
    {
        var text = new StringBuilder();
        // Few kinds of morsel in one text, so that runs and repeats come up.
        var kinds = Enumerable.Range(0, 1 + _random.Next(6)).Select(_ => Morsels[_random.Next(Morsels.Length)]).ToArray();
        for (var length = _random.Next(40); length > 0; length--) text.Append(_random.Next(10) == 0 ? Character() : kinds[_random.Next(kinds.Length)]);
        return text.ToString();
    }

    /// <summary>Some character of the basic plane; half of them ASCII letters.</summary>
    private string Character()
    {
        var unit = (char)(_random.Next(2) == 0 ? 'a' + _random.Next(26) : _random.Next(0x10000));
        return char.IsSurrogate(unit) ? " " : unit.ToString();
    }
}
