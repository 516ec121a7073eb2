using System.Globalization;
using System.Runtime.CompilerServices;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// The class of every code point, from <see cref="CharUnicodeInfo"/>: blocks of 256, each distinct block held once (about 60 KB).
/// Texts given here must be valid UTF-8.
/// </summary>
internal static class TextClasses
{
    private const int CodePoints = 0x110000;

    private static readonly ushort[] BlockStarts = new ushort[CodePoints >> 8];
    private static readonly TextClass[] Blocks = Build();

    /// <summary>The class of the character at <paramref name="at"/>, <see cref="TextClass.None"/> at the end, and where the following one begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TextClass At(ReadOnlySpan<byte> text, int at, out int next)
    {
        if ((uint)at >= (uint)text.Length)
        {
            next = at;
            return TextClass.None;
        }

        int first = text[at];
        if (first >= 0x80) return AtMultiByte(text, at, out next);
        next = at + 1;
        return Blocks[first];
    }

    /// <summary>Where the run of characters of these classes that begins at <paramref name="at"/> ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RunEnd(ReadOnlySpan<byte> text, int at, TextClass classes)
    {
        while ((At(text, at, out var next) & classes) != TextClass.None) at = next;
        return at;
    }

    /// <summary>The length in bytes of the UTF-8 character that begins with this byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CharLength(byte first) => first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    private static TextClass AtMultiByte(ReadOnlySpan<byte> text, int at, out int next)
    {
        int first = text[at];
        int codePoint;
        if (first < 0xE0)
        {
            next = at + 2;
            codePoint = ((first & 0x1F) << 6) | (text[at + 1] & 0x3F);
        }
        else if (first < 0xF0)
        {
            next = at + 3;
            codePoint = ((first & 0x0F) << 12) | ((text[at + 1] & 0x3F) << 6) | (text[at + 2] & 0x3F);
        }
        else
        {
            next = at + 4;
            codePoint = ((first & 0x07) << 18) | ((text[at + 1] & 0x3F) << 12) | ((text[at + 2] & 0x3F) << 6) | (text[at + 3] & 0x3F);
        }

        return Blocks[BlockStarts[codePoint >> 8] + (codePoint & 0xFF)];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TextClass[] Build()
    {
        var distinct = new List<TextClass[]>();
        var index = 0;
        for (var start = 0; start < CodePoints; start += 256)
        {
            var block = new TextClass[256];
            for (var i = 0; i < 256; i++) block[i] = Classify(start + i);
            // Most blocks are like the one before: ideographs, syllables, nothing assigned.
            if (start == 0 || !block.AsSpan().SequenceEqual(distinct[index])) index = distinct.FindIndex(known => known.AsSpan().SequenceEqual(block));
            if (index < 0)
            {
                index = distinct.Count;
                distinct.Add(block);
            }

            BlockStarts[start >> 8] = checked((ushort)(index << 8));
        }

        return distinct.SelectMany(block => block).ToArray();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TextClass Classify(int codePoint)
    {
        if (codePoint is '\r' or '\n') return TextClass.Newline;
        if (codePoint <= char.MaxValue && char.IsWhiteSpace((char)codePoint)) return TextClass.Space;
        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => TextClass.Upper,
            UnicodeCategory.LowercaseLetter => TextClass.Lower,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => TextClass.Caseless,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => TextClass.Mark,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => TextClass.Number,
            _ => TextClass.Other,
        };
    }
}
