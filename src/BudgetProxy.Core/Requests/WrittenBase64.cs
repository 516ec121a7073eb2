using System.Buffers;
using System.Buffers.Text;

namespace BudgetProxy.Core.Requests;

/// <summary>Base64 as it stands in a body, freed of JSON escapes and white space, so that a position in it is a position in the data behind it.</summary>
internal ref struct WrittenBase64 : IDisposable
{
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create("\\ \t\r\n"u8);

    private byte[] _buffer = [];

    public WrittenBase64(ReadOnlySpan<byte> written)
    {
        if (written.IndexOfAny(NotPlain) < 0)
        {
            Plain = written;
            return;
        }

        _buffer = ArrayPool<byte>.Shared.Rent(written.Length + 2);
        Plain = _buffer.AsSpan(0, Clean(written, _buffer));
    }

    /// <summary>Good until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Plain { get; }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    // "\/" is a common escape.
    private static int Clean(ReadOnlySpan<byte> written, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var plain = written.IndexOfAny(NotPlain);
            var run = plain < 0 ? written : written[..plain];
            run.CopyTo(buffer.AsSpan(length));
            length += run.Length;
            if (plain < 0)
                return length;
            written = written[plain..];
            var (character, used) = Resolve(written);
            if (character is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                buffer[length++] = character;
            written = written[Math.Min(used, written.Length)..];
        }
    }

    /// <summary>The character at the start of JSON text, white space as a blank, and the bytes it is written with; 0 for any that a data URL can't hold.</summary>
    public static (byte Character, int Used) Resolve(ReadOnlySpan<byte> written)
    {
        if (written[0] != '\\' || written.Length < 2)
            return (written[0], 1);
        if (written[1] is (byte)'n' or (byte)'r' or (byte)'t')
            return ((byte)' ', 2);
        if (written[1] != 'u' || written.Length < 6 || !Utf8Parser.TryParse(written.Slice(2, 4), out ushort unit, out _, 'X'))
            return (written[1] is (byte)'b' or (byte)'f' ? (byte)0 : written[1], 2);
        return (unit < 0x80 ? (byte)unit : (byte)0, 6);
    }
}
