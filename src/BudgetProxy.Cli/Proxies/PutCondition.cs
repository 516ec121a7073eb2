using System.Net.Http.Headers;

namespace BudgetProxy.Cli.Proxies;

/// <summary>On what condition a definition is replaced, so that two who change it at once don't undo each other's work.</summary>
internal sealed class PutCondition
{
    private readonly string? _etag;
    private readonly bool _isNew;

    private PutCondition(string? etag, bool isNew) => (_etag, _isNew) = (etag, isNew);

    /// <summary>There is none yet.</summary>
    public static PutCondition New { get; } = new(null, isNew: true);

    /// <summary>It is what it was when it was read.</summary>
    /// <param name="etag">Null = a proxy that gives none; then there is no condition.</param>
    public static PutCondition Unchanged(string? etag) => new(etag, isNew: false);

    public void Write(HttpRequestHeaders headers)
    {
        if (_isNew)
            headers.TryAddWithoutValidation("If-None-Match", "*");
        else if (_etag is not null)
            headers.TryAddWithoutValidation("If-Match", _etag);
    }
}
