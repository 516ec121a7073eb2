using System.Buffers.Text;
using System.Globalization;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>Finds the end of one HTTP/1.1 answer, by length or by chunks, in a buffer that grows. A mutable value: one an answer.</summary>
internal struct AnswerFraming
{
    private const int StatusAt = 9;

    private int _at;
    private bool _chunked;
    private bool _headersRead;

    public int Status { get; private set; }

    /// <summary>Where the answer ends, once it has.</summary>
    public int End { get; private set; }

    /// <summary>True once the whole answer is in <paramref name="answer"/>.</summary>
    public bool Advance(ReadOnlySpan<byte> answer)
    {
        if (!_headersRead && !ReadHeaders(answer))
            return false;
        return _chunked ? ReadChunks(answer) : answer.Length >= End;
    }

    private bool ReadHeaders(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var headers = answer[..(end + 2)];
        _headersRead = true;
        _at = end + 4;
        Status = Utf8Parser.TryParse(answer[StatusAt..], out int status, out _) ? status : 0;
        var length = headers.IndexOf("Content-Length: "u8);
        _chunked = length < 0;
        if (!_chunked && Utf8Parser.TryParse(headers[(length + "Content-Length: ".Length)..], out int bytes, out _))
            End = _at + bytes;
        return true;
    }

    private bool ReadChunks(ReadOnlySpan<byte> answer)
    {
        while (true)
        {
            var rest = answer[Math.Min(_at, answer.Length)..];
            var line = rest.IndexOf("\r\n"u8);
            if (line < 0)
                return false;
            var size = int.Parse(rest[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
                return ReadTrailers(answer, _at + line);
            _at += line + 2 + size + 2;
        }
    }

    /// <summary>After the last chunk's size come trailers, if any, and an empty line.</summary>
    private bool ReadTrailers(ReadOnlySpan<byte> answer, int lastSizeEnd)
    {
        var end = answer[lastSizeEnd..].IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        End = lastSizeEnd + end + 4;
        return true;
    }
}
