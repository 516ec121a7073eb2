using System.Buffers;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// Cuts a body that comes in pieces of any length into its items, and keeps no more of it than the one item that is not whole yet. Feed it, then finish it;
/// dispose it to give its buffer back.
/// </summary>
/// <param name="maxItemBytes">Bytes of one item at most.</param>
public abstract class ItemSplitter(int maxItemBytes, ItemSink sink) : IDisposable
{
    private byte[] _kept = [];
    private int _length;
    private bool _tooLong;

    /// <summary>Items given so far.</summary>
    public int Count { get; private set; }

    /// <summary>What is wrong with the body around its items; null = nothing so far. Nothing that follows is looked at.</summary>
    public string? Problem { get; protected set; }

    /// <summary>Takes the next bytes.</summary>
    public abstract void Feed(ReadOnlySpan<byte> bytes);

    /// <summary>The body has ended.</summary>
    public abstract void Finish();

    public void Dispose()
    {
        Return();
        GC.SuppressFinalize(this);
    }

    /// <summary>Keeps bytes of the item that is not whole yet.</summary>
    protected void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_tooLong || bytes.Length > maxItemBytes - _length)
        {
            _tooLong = true;
            Return();
            return;
        }

        if (_length + bytes.Length > _kept.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + bytes.Length, Math.Min(_kept.Length * 2, maxItemBytes)));
            _kept.AsSpan(0, _length).CopyTo(larger);
            var length = _length;
            Return();
            (_kept, _length) = (larger, length);
        }

        bytes.CopyTo(_kept.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>The item ends with these bytes: hands it on.</summary>
    protected void End(ReadOnlySpan<byte> bytes)
    {
        if (_length > 0 || _tooLong || bytes.Length > maxItemBytes)
        {
            Keep(bytes);
            bytes = _kept.AsSpan(0, _length);
        }

        var tooLong = _tooLong;
        _tooLong = false;
        _length = 0;
        if (tooLong || !IsBlank(bytes))
            sink(++Count, bytes, tooLong);
        else
            PassBlank();
    }

    /// <summary>An item of nothing but white space was passed over.</summary>
    protected virtual void PassBlank()
    {
    }

    /// <summary>A blank line has a number too.</summary>
    protected void Number() => Count++;

    private static bool IsBlank(ReadOnlySpan<byte> item) => item.IndexOfAnyExcept(" \t\r\n"u8) < 0;

    private void Return()
    {
        if (_kept.Length > 0)
            ArrayPool<byte>.Shared.Return(_kept);
        _kept = [];
        _length = 0;
    }
}
