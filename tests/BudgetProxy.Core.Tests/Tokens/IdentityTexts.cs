using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>
/// The texts on which ours is compared with an independent implementation: the same each time, since only their counts are kept
/// (Fixtures/Tokens/tiktoken-counts.gz). A change here makes new counts necessary; the test where Node is present writes them.
/// </summary>
internal sealed class IdentityTexts
{
    private static readonly string[] Awkward =
    [
        "'s", "'S", "'\u017F", "'ll", "'LL", "'re", "'", " ", "  ", "\n", "\r\n", "\t", " \n", "\u00A0", "\u3000", "\u2028", "\u0085", "\u200D", "\u200B", "\uFEFF", "\u0301", "\u02B0", "\u01C5", "\u017F", "\u00BD",
        "A", "b", "Ab", "aB", "THE", "the", "ing", "1", "234", "/", "//", ".", "=", "_", "\"", "\\", "<|endoftext|>", "\u65E5", "\u672C\u8A9E", "\u7684", "\uFF0C", "\u3002", "\u306E", "\uD55C", "\u0645", "\u0928\u092E", "\u0E2A\u0E27",
        "\U0001F469", "\uFE0F", "\U0001F3FD", "\U0001F1E8", "\U00010400", "\U00010428", "\U0001D54F", "\U00020000", "\U0010FFFF", "\0",
    ];

    private static readonly string[] Alphabets =
        ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "0123456789abcdef", "ACGT", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "0123456789", "aA ", " \n\t", "ab'"];

    private readonly string[] _real = ReadReal();
    private ulong _state = 20261127;

    /// <summary>About 10,000 texts of up to some thousand bytes.</summary>
    public static IEnumerable<IdentityText> All() => new IdentityTexts().Make();

    private IEnumerable<IdentityText> Make()
    {
        for (var block = 0; block < 0x1100; block += block is < 0x330 or >= 0xE00 and < 0xE04 ? 1 : 8) yield return Plain(Block(block << 8));
        foreach (var text in _real) yield return Plain(text);
        for (var i = 0; i < 1_500; i++) yield return Plain(Slice(200));
        for (var i = 0; i < 1_500; i++) yield return Plain(Repeat(12, CodePoint));
        for (var i = 0; i < 1_000; i++) yield return Plain(Log());
        for (var i = 0; i < 1_000; i++) yield return Plain(Glued());
        for (var i = 0; i < 1_500; i++) yield return Plain(Repeat(14, () => Awkward[Below(Awkward.Length)]));
        for (var i = 0; i < 1_500; i++) yield return new IdentityText(Encoding.UTF8.GetBytes(Escaped(Any())), IsJson: true);
        for (var i = 0; i < 1_500; i++) yield return new IdentityText(Spoiled(Encoding.UTF8.GetBytes(Any())), IsJson: false);
        for (var i = 0; i < 8; i++) yield return Plain(Long(i));
    }

    /// <summary>Every character of a block of 256, each where its class changes the pieces.</summary>
    private static string Block(int start)
    {
        var text = new StringBuilder();
        for (var at = start; at < start + 256; at++)
        {
            if (at is >= 0xD800 and < 0xE000) continue;
            var unit = char.ConvertFromUtf32(at);
            text.Append(CultureInfo.InvariantCulture, $"{unit}B {unit}b{unit}1 {unit}{unit}\n");
        }

        return text.ToString();
    }

    private string Any() => Below(4) switch
    {
        0 => Slice(80),
        1 => Repeat(10, CodePoint),
        2 => Log(),
        _ => Repeat(14, () => Awkward[Below(Awkward.Length)]),
    };

    private string Slice(int longest)
    {
        var source = _real[Below(_real.Length)];
        var start = Below(source.Length);
        // Half a surrogate pair at an end becomes U+FFFD on the way to bytes.
        return source.Substring(start, Math.Min(1 + Below(longest), source.Length - start));
    }

    private string CodePoint()
    {
        var plane = Below(4) switch { 0 => 0, 1 => 1, 2 => 2 + Below(2), _ => Below(17) };
        var value = (plane << 16) + Below(0x10000);
        return value is >= 0xD800 and < 0xE000 ? "\uFFFD" : char.ConvertFromUtf32(value);
    }

    private string Log() => Below(4) switch
    {
        0 => $"2026-{Below(12) + 1:00}-{Below(28) + 1:00}T{Below(24):00}:{Below(60):00}:{Below(60):00}.{Below(1000):000}Z [{Pick("INFO", "WARN", "ERROR")}] {Slice(8)} took {Below(99_999)}ms id={Letters(16, 2)}\r\n",
        1 => $"data:image/png;base64,{Letters(300, 1)}==",
        2 => $"  at {Slice(20)}.{Letters(9, 0)}({Letters(6, 0)}.cs:line {Below(400)})\n\t{{\"k{Below(9)}\": [{Below(999)}, -{Below(99)}.{Below(9_999)}e{Below(9)}, null]}}\n",
        _ => $"{Below(255)}.{Below(255)}.{Below(255)}.{Below(255)} - - \"GET /{Letters(7, 0)}/{Letters(12, 2)}?q={Letters(5, 4)} HTTP/1.1\" 200 {Below(1_000_000)}",
    };

    /// <summary>One alphabet, or one unit over and over.</summary>
    private string Glued()
    {
        if (Below(3) > 0) return Letters(1 + Below(200), Below(Alphabets.Length));
        var unit = Awkward[Below(Awkward.Length)];
        return string.Concat(Enumerable.Repeat(unit, 1 + Below(300)));
    }

    /// <summary>Long enough for every buffer to run over.</summary>
    private string Long(int kind) => kind switch
    {
        0 => string.Concat(Enumerable.Range(0, 30_000).Select(_ => ((char)(0x4E00 + Below(0x51FF))).ToString())),
        1 => string.Join('\n', _real),
        2 => string.Concat(Enumerable.Range(0, 3_000).Select(_ => Awkward[Below(Awkward.Length)])),
        3 => new string(' ', 9_000) + new string('\n', 300),
        4 => string.Concat(Enumerable.Repeat("\U0001F469\u200D", 3_000)),
        5 => new string('\u0301', 3_000),
        6 => string.Concat(Enumerable.Range(0, 20_000).Select(_ => ((char)(0x3041 + Below(0xB0))).ToString())),
        _ => Letters(40_000, 5),
    };

    /// <summary>Each UTF-16 unit as itself or as an escape, with halves of surrogate pairs strewn in.</summary>
    private string Escaped(string text)
    {
        var escaped = new StringBuilder();
        var all = Below(3) == 0;
        for (var at = 0; at < text.Length; at++)
        {
            var unit = text[at];
            if (Below(12) == 0) escaped.Append(CultureInfo.InvariantCulture, $"\\u{0xD800 + Below(0x800):x4}");
            if (all || unit < 0x20 || char.IsSurrogate(unit) || Below(5) == 0)
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
            else if (unit is '"' or '\\' or '/')
                escaped.Append('\\').Append(unit);
            else
                escaped.Append(unit);
        }

        return escaped.ToString();
    }

    /// <summary>Some bytes struck out, overwritten or put in, so that little of the text stays valid UTF-8.</summary>
    private byte[] Spoiled(byte[] utf8)
    {
        var bytes = utf8.ToList();
        for (var faults = 1 + Below(6); faults > 0 && bytes.Count > 0; faults--)
        {
            var at = Below(bytes.Count);
            byte[] wrong = Pick<byte[]>([0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE4, 0xB8], [0xF0, 0x9F, 0x98], [0xFF], [0x80], [0xF8, 0x88]);
            if (Below(3) == 0) bytes.RemoveAt(at);
            else if (Below(2) == 0) bytes[at] = (byte)Below(256);
            else bytes.InsertRange(at, wrong);
        }

        return [.. bytes];
    }

    private string Letters(int count, int alphabet) => string.Concat(Enumerable.Range(0, count).Select(_ => Alphabets[alphabet][Below(Alphabets[alphabet].Length)]));

    private string Repeat(int most, Func<string> next) => string.Concat(Enumerable.Range(0, 1 + Below(most)).Select(_ => next()));

    private T Pick<T>(params T[] choices) => choices[Below(choices.Length)];

    /// <summary>xorshift64*, so that the texts depend on no library's generator.</summary>
    private int Below(int limit)
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (int)((_state * 0x2545F4914F6CDD1D >> 33) % (ulong)limit);
    }

    private static IdentityText Plain(string text) => new(Encoding.UTF8.GetBytes(text), IsJson: false);

    /// <summary>The Universal Declaration of Human Rights in scripts of all kinds, and source code, configuration and recorded answers.</summary>
    private static string[] ReadReal()
    {
        using var file = new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tokens", "real-texts.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }
}
