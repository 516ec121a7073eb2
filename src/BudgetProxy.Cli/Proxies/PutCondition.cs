using System.Net.Http.Headers;

namespace BudgetProxy.Cli.Proxies;

/// <summary>On what condition something is changed, so that two who change it at once don't undo each other's work, and one who asks twice does it once.</summary>
internal sealed class PutCondition
{
    private readonly string? _etag;
    private readonly bool _isNew;

    private PutCondition(string? etag, bool isNew, string? word) => (_etag, _isNew, Word) = (etag, isNew, word);

    /// <summary>There is none yet.</summary>
    public static PutCondition New { get; } = new(null, isNew: true, null);

    /// <summary>The word under which a repeat does nothing; null = a repeat does it again.</summary>
    public string? Word { get; }

    /// <summary>It is what it was when it was read.</summary>
    /// <param name="etag">Null = a proxy that gives none; then there is no condition.</param>
    public static PutCondition Unchanged(string? etag) => new(etag, isNew: false, null);

    /// <summary>It was not done under this word yet.</summary>
    public static PutCondition Once(string word) => new(null, isNew: false, word);

    public void Write(HttpRequestHeaders headers)
    {
        if (_isNew)
            headers.TryAddWithoutValidation("If-None-Match", "*");
        else if (_etag is not null)
            headers.TryAddWithoutValidation("If-Match", _etag);
        if (Word is not null)
            headers.TryAddWithoutValidation("Idempotency-Key", Word);
    }
}
