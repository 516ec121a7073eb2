namespace BudgetProxy.Core.Requests;

/// <summary>Cuts JSON lines at their line feeds. Blank lines are passed over; the last line needs no line feed.</summary>
public sealed class JsonLineSplitter(int maxItemBytes, ItemSink sink) : ItemSplitter(maxItemBytes, sink)
{
    private bool _begun;

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            if (end < 0)
            {
                Keep(bytes);
                _begun = true;
                return;
            }

            End(bytes[..end]);
            _begun = false;
            bytes = bytes[(end + 1)..];
        }
    }

    public override void Finish()
    {
        if (_begun)
            End([]);
        _begun = false;
    }

    protected override void PassBlank() => Number();
}
