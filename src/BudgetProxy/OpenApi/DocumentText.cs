using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace BudgetProxy.OpenApi;

/// <summary>The document as it is served. It says nothing that is not the same wherever this version runs, so it is made once, and takes no key.</summary>
internal sealed class DocumentText(IServiceProvider services) : IDisposable
{
    public const string Name = "v1";

    private readonly SemaphoreSlim _making = new(1);
    private byte[]? _json;

    /// <summary>JSON, UTF-8.</summary>
    public async ValueTask<byte[]> GetAsync(CancellationToken cancellationToken)
    {
        if (_json is { } made)
            return made;
        await _making.WaitAsync(cancellationToken);
        try
        {
            return _json ??= await MakeAsync();
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();

    private async Task<byte[]> MakeAsync()
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(CancellationToken.None);
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, CancellationToken.None));
    }
}
