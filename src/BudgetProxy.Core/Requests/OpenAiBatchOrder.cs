namespace BudgetProxy.Core.Requests;

/// <summary>What the body of <c>POST /v1/batches</c> decides.</summary>
/// <param name="InputFile">The provider's id of the file.</param>
/// <param name="Endpoint">The path that every line names, such as <c>/v1/chat/completions</c>.</param>
public readonly record struct OpenAiBatchOrder(string InputFile, string Endpoint)
{
    /// <summary>Bytes of either at most.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>Bytes of the whole body at most: OpenAI's 16 pairs of metadata are 10 KB.</summary>
    public const int MaxBytes = 256 * 1024;
}
