namespace BudgetProxy.Core.Requests;

/// <summary>Takes one item of a long body as it comes.</summary>
/// <param name="number">From 1: the line's number, or the place in the list.</param>
/// <param name="item">The whole item, good until the call returns; empty where it is too long.</param>
/// <param name="tooLong">True where the item is longer than may be kept: its bytes were passed over.</param>
public delegate void ItemSink(int number, ReadOnlySpan<byte> item, bool tooLong);
