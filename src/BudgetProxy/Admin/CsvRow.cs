using System.Buffers;
using System.Globalization;
using System.Text;

namespace BudgetProxy.Admin;

/// <summary>
/// Builds one line of CSV at a time (RFC 4180: CRLF, quotes doubled). A text that a spreadsheet would take for a formula gets a leading apostrophe:
/// users and tags come from callers, and the file is opened by someone else.
/// </summary>
internal sealed class CsvRow
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    private readonly StringBuilder _line = new();
    private bool _begun;

    public CsvRow Text(string? text)
    {
        // Some spreadsheets look past blanks, and take the wide forms for the narrow ones.
        if (text is ['\t' or '\r', ..] || text?.TrimStart() is ['=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠', ..])
            text = "'" + text;
        return Raw(text.AsSpan().ContainsAny(Quoted) ? $"\"{text!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
    }

    public CsvRow Number(long number) => Raw(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A value of ours that needs no quotes and is no formula: money, an id, a time, a name of an enum.</summary>
    public CsvRow Raw(string? value)
    {
        if (_begun)
            _line.Append(',');
        _begun = true;
        _line.Append(value);
        return this;
    }

    public CsvRow Tokens(TokensDocument tokens) => Number(tokens.Input).Number(tokens.CachedInput).Number(tokens.CacheWriteShort)
        .Number(tokens.CacheWriteLong).Number(tokens.Output).Number(tokens.Reasoning).Number(tokens.AudioInput).Number(tokens.AudioOutput)
        .Number(tokens.ImageInput).Number(tokens.ToolCalls).Number(tokens.ImageOutput).Number(tokens.FileSearches).Number(tokens.CodeSessions);

    /// <summary>Writes the line out as UTF-8 and begins the next.</summary>
    public void End(IBufferWriter<byte> output)
    {
        _line.Append("\r\n");
        Encoding.UTF8.GetBytes(_line.ToString(), output);
        _line.Clear();
        _begun = false;
    }
}
