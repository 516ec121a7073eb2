using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace BudgetProxy.Dashboard;

/// <summary>The dashboard's style, script and icon, embedded in the assembly. Each is served under a name with a hash of its content, for ever.</summary>
internal sealed class AssetFiles
{
    private const string Prefix = "dashboard/";

    /// <summary>Of a SHA-256: 12 digits tell any two versions of a file apart.</summary>
    private const int HashDigits = 12;

    private readonly FrozenDictionary<string, (byte[] Bytes, string Type)> _files;
    private readonly FrozenDictionary<string, string> _urls;

    public AssetFiles()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new Dictionary<string, (byte[], string)>(StringComparer.Ordinal);
        var urls = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var name = resource[Prefix.Length..];
            var extension = Path.GetExtension(name);
            var hashed = $"{Path.GetFileNameWithoutExtension(name)}.{Convert.ToHexStringLower(SHA256.HashData(bytes))[..HashDigits]}{extension}";
            files[hashed] = (bytes, TypeOf(extension));
            urls[name] = $"/admin/assets/{hashed}";
        }

        _files = files.ToFrozenDictionary(StringComparer.Ordinal);
        _urls = urls.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <param name="name">As in the source: <c>admin.css</c>.</param>
    public string UrlOf(string name) => _urls[name];

    public async Task ServeAsync(HttpContext http, string file)
    {
        PageSecurity.Apply(http.Response);
        if (!_files.TryGetValue(file, out var found))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        http.Response.ContentType = found.Type;
        http.Response.ContentLength = found.Bytes.Length;
        await http.Response.Body.WriteAsync(found.Bytes, http.RequestAborted);
    }

    private static string TypeOf(string extension) => extension switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
