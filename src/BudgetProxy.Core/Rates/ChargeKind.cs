namespace BudgetProxy.Core.Rates;

/// <summary>The lines a bill can have. One token is on exactly one of them.</summary>
public enum ChargeKind
{
    /// <summary>Text read at the plain price: neither cached, nor audio, nor image.</summary>
    Input,
    CachedInput,
    CacheWriteShort,
    CacheWriteLong,
    AudioInput,
    ImageInput,

    /// <summary>Text written, reasoning included.</summary>
    Output,
    AudioOutput,
    ImageOutput,

    /// <summary>Web searches on the provider's side, each at a fee.</summary>
    ToolCall,
    FileSearch,
    CodeSession,

    /// <summary>A fee for the request as such.</summary>
    Request,
}
