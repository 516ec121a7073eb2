namespace BudgetProxy.Demo;

/// <summary>Where a scripted answer breaks its connection.</summary>
public enum SimulatedAbort
{
    None,

    BeforeHeaders,

    /// <summary>After status and headers, before any byte of the body.</summary>
    AfterHeaders,

    /// <summary>After <see cref="SimulatedAnswer.AbortAfterEvents"/> events of a stream, or half-way through an answer not streamed.</summary>
    InBody,
}
