namespace BudgetProxy.Core.Requests;

/// <summary>What one Anthropic content block turned out to be, once all its fields were seen, in whatever order.</summary>
internal struct AnthropicBlock
{
    /// <summary>The block's <c>type</c> is <c>image</c>.</summary>
    public bool IsImage;

    /// <summary>There was a <c>source</c> object.</summary>
    public bool HasSource;

    /// <summary>The source is inline base64.</summary>
    public bool IsInline;

    /// <summary>The source is a URL, a file id or of a kind we don't know.</summary>
    public bool IsRemote;

    /// <summary>Which of the two an <see cref="IsRemote"/> document is.</summary>
    public UnseenItem Remote;

    /// <summary>What the inline base64 probably comes to should it be a document, in tokens.</summary>
    public long DocumentTokens;

    /// <summary>Pixels, when the source is an image whose header we could read.</summary>
    public (int Width, int Height) Size;
}
