using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace BudgetProxy.Benchmarks.Counting;

/// <summary>
/// Texts to count, made up anew and alike each time: words are drawn from the vocabulary by the law of Zipf and Mandelbrot (a token's rank follows its frequency),
/// one in sixteen with a foreign ending so that it is no token itself.
/// </summary>
internal sealed class SampleTexts
{
    private readonly Random _random = new(20260801);
    private readonly string[] _words;
    private readonly string[] _endings;
    private readonly string[] _names;
    private readonly string[] _chinese;
    private readonly string[] _japanese;
    private readonly string[] _arabic;

    public SampleTexts(string[] tokens)
    {
        var texts = tokens.Select(TokenList.Text).ToArray();
        _words = Matching(texts, "^ [a-z]{1,12}$");
        _endings = Matching(texts, "^[a-z]{2,6}$");
        _names = Matching(texts, "^[A-Z][a-z]{2,9}$");
        _chinese = Matching(texts, @"^[\u4e00-\u9fff]{1,4}$");
        _japanese = Matching(texts, @"^[\u3041-\u30ff\u4e00-\u9fff]{1,5}$").Where(text => text.Any(unit => unit < '\u3100') || text.Length == 1).ToArray();
        _arabic = Matching(texts, @"^ [\u0620-\u064a]{1,8}$");
    }

    /// <summary>English-like prose of at least <paramref name="bytes"/> bytes.</summary>
    public byte[] Prose(int bytes) => Fill(bytes, Sentence);

    /// <summary>Name and text of at least <paramref name="bytes"/> bytes each.</summary>
    public IEnumerable<(string Name, byte[] Text)> All(int bytes) =>
    [
        ("prose", Fill(bytes, Sentence)),
        ("code", Fill(bytes, Statement)),
        ("JSON tools", Fill(bytes, Tool)),
        ("Chinese", Fill(bytes, () => Clause(_chinese, "，", "。"))),
        ("Japanese", Fill(bytes, () => Clause(_japanese, "、", "。"))),
        ("mixed CJK, Arabic", Fill(bytes, () => Clause(_chinese, "，", "。") + Clause(_arabic, "،", ".\n") + Clause(_japanese, "、", "。"))),
        ("run of a", Fill(bytes, () => "a")),
        ("spaces", Fill(bytes, () => " ")),
        ("base64", Fill(bytes, () => Any("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))),
        ("random letters", Fill(bytes, () => Any("abcdefghijklmnopqrstuvwxyz"))),
        ("random Han", Fill(bytes, () => ((char)(0x4E00 + _random.Next(0x51FF))).ToString())),
        ("emoji joined", Fill(bytes, () => "\U0001F469\u200D" + char.ConvertFromUtf32(0x1F400 + _random.Next(0x200)) + "\uFE0F\u200D")),
        ("punctuation", Fill(bytes, () => Any("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))),
    ];

    /// <summary>Whether the text is one that nobody would write but to hurt: long pieces, or as many tokens as there can be.</summary>
    public static bool IsHostile(string name) => name is not ("prose" or "code" or "JSON tools" or "Chinese" or "Japanese" or "mixed CJK, Arabic");

    private static string[] Matching(string[] texts, string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout.InfiniteTimeSpan);
        return texts.Where(text => regex.IsMatch(text)).ToArray();
    }

    private static byte[] Fill(int bytes, Func<string> next)
    {
        var text = new StringBuilder();
        for (var length = 0; length < bytes;)
        {
            var more = next();
            text.Append(more);
            length += Encoding.UTF8.GetByteCount(more);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private string Sentence()
    {
        var text = new StringBuilder(Zipf(_names));
        for (var words = 4 + _random.Next(16); words > 0; words--)
        {
            text.Append(Word());
            if (_random.Next(9) == 0) text.Append(',');
        }

        return text.Append(_random.Next(6) == 0 ? ".\n\n" : ". ").ToString();
    }

    private string Statement() => _random.Next(4) switch
    {
        0 => $"    public {Name()} {Name()}({Name()} {Zipf(_endings)}) =>{Word()}.{Name()}({_random.Next(300)});\n\n",
        1 => $"        if ({Zipf(_endings)}.{Name()} != null &&{Word()} >= 0x{_random.Next(9999):x})\n        {{\n            return _{Zipf(_endings)};\n        }}\n",
        2 => $"        //{Word()}{Word()}{Word()}{Word()}.\n",
        _ => $"        var{Word()} = new {Name()}<{Name()}>(\"{Zipf(_endings)}\", {Zipf(_endings)}[{_random.Next(10)}]);\n",
    };

    private string Tool()
    {
        var text = new StringBuilder($"{{\"type\":\"function\",\"function\":{{\"name\":\"{Zipf(_endings)}_{Zipf(_endings)}\",\"description\":\"{Sentence().Trim()}\",");
        text.Append("\"parameters\":{\"type\":\"object\",\"properties\":{");
        for (var i = 0; i < 4; i++) text.Append(CultureInfo.InvariantCulture, $"\"{Zipf(_endings)}\":{{\"type\":\"string\",\"description\":\"{Zipf(_names)}{Word()}{Word()}\"}},");
        return text.Append("},\"required\":[\"id\"]}}},").ToString();
    }

    private string Clause(string[] tokens, string comma, string stop)
    {
        var text = new StringBuilder();
        for (var count = 5 + _random.Next(20); count > 0; count--)
        {
            text.Append(Zipf(tokens));
            if (_random.Next(10) == 0) text.Append(comma);
        }

        return text.Append(stop).ToString();
    }

    private string Word() => _random.Next(16) == 0 ? Zipf(_words) + Zipf(_endings) : Zipf(_words);

    private string Name() => Zipf(_names) + (_random.Next(2) == 0 ? Zipf(_names) : "");

    private string Any(string characters) => characters[_random.Next(characters.Length)].ToString();

    /// <summary>The k-th of the list with a chance of 1 / (k + 2.7), Mandelbrot's figure for English.</summary>
    private string Zipf(string[] list) => list[(int)((2.7 * Math.Pow((list.Length + 2.7) / 2.7, _random.NextDouble())) - 2.7)];
}
