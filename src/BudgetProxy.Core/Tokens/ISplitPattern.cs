namespace BudgetProxy.Core.Tokens;

/// <summary>One encoding's splitting pattern. Tokens never cross the pieces it cuts; together the pieces are the whole text.</summary>
internal interface ISplitPattern
{
    /// <summary>Where the piece that begins at <paramref name="start"/> ends, always after it. The text is valid UTF-8.</summary>
    static abstract int PieceEnd(ReadOnlySpan<byte> text, int start);
}
