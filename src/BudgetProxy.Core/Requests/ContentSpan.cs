namespace BudgetProxy.Core.Requests;

/// <summary>A piece of the body to count, by position: nothing is copied.</summary>
/// <param name="Start">Byte offset into the body.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Kind">Whether it is the inside of a string or raw JSON, and which rule counts it.</param>
public readonly record struct ContentSpan(int Start, int Length, ContentKind Kind);
