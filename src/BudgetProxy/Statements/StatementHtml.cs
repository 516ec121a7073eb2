using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Statements;

/// <summary>A statement as a page to print or to send on: whole in itself, without a script, and loading nothing.</summary>
internal static class StatementHtml
{
    /// <summary>Lines of a list that a page shows; the rest is one line more. CSV has all.</summary>
    public const int MostLines = 500;

    private static readonly string Style = Load();

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Task SendAsync(HttpContext http, Statement statement, bool forUs)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        var page = new RazorComponentResult<StatementPage>(
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["Statement"] = statement, ["ForUs"] = forUs, ["Css"] = Style })
        {
            PreventStreamingRendering = true,
        };
        return page.ExecuteAsync(http);
    }

    private static string Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("statement.css")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
