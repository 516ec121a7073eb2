using System.Globalization;
using System.Text;

namespace BudgetProxy.Core.Tokens;

/// <summary>Resolves the escapes of a JSON string (RFC 8259, section 7). What is not a valid escape is kept as written: a reader has judged the body before.</summary>
internal static class JsonText
{
    /// <summary>Writes the text to <paramref name="destination"/>, which must be as long as <paramref name="escaped"/>, and returns its length in bytes.</summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain < 0) plain = escaped.Length;
            escaped[..plain].CopyTo(destination[written..]);
            written += plain;
            escaped = escaped[plain..];
            if (escaped.IsEmpty) return written;
            var used = Resolve(escaped, destination[written..], out var bytes);
            written += bytes;
            escaped = escaped[used..];
        }
    }

    /// <summary>Resolves the escape that the text begins with; returns how many bytes it took.</summary>
    private static int Resolve(ReadOnlySpan<byte> escaped, Span<byte> destination, out int written)
    {
        written = 1;
        if (escaped.Length >= 2)
        {
            if (escaped[1] == 'u' && TryReadUnit(escaped, out var unit)) return ResolveUnit(escaped, unit, destination, out written);
            int plain = escaped[1] switch
            {
                (byte)'n' => '\n',
                (byte)'t' => '\t',
                (byte)'r' => '\r',
                (byte)'b' => '\b',
                (byte)'f' => '\f',
                (byte)'"' or (byte)'\\' or (byte)'/' => escaped[1],
                _ => -1,
            };
            if (plain >= 0)
            {
                destination[0] = (byte)plain;
                return 2;
            }
        }

        destination[0] = (byte)'\\';
        return 1;
    }

    private static int ResolveUnit(ReadOnlySpan<byte> escaped, char unit, Span<byte> destination, out int written)
    {
        var used = 6;
        if (!Rune.TryCreate(unit, out var rune))
        {
            if (TryReadUnit(escaped[6..], out var low) && Rune.TryCreate(unit, low, out rune)) used = 12;
            else rune = Rune.ReplacementChar;
        }

        written = rune.EncodeToUtf8(destination);
        return used;
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> escaped, out char unit)
    {
        unit = default;
        if (escaped.Length < 6 || escaped[0] != '\\' || escaped[1] != 'u') return false;
        if (!ushort.TryParse(escaped.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return false;
        unit = (char)value;
        return true;
    }
}
