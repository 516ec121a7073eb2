using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace BudgetProxy.Dashboard;

/// <summary>
/// A form with one file, read as a browser sends it: in the order of the page, so the fields before the file are known when the file begins. The framework's own
/// reader would first write all of it to the disk, and look at the antiforgery token afterwards.
/// </summary>
/// <param name="File">To be read once, from first to last.</param>
internal sealed record UploadForm(IReadOnlyDictionary<string, string> Fields, Stream File)
{
    private const string TokenField = "__RequestVerificationToken";
    private const string TokenHeader = "RequestVerificationToken";
    private const int MaxBoundary = 70;
    private const int MaxFields = 16;
    private const int MaxFieldBytes = 4096;

    /// <returns>Null = it is no such form.</returns>
    /// <exception cref="AntiforgeryValidationException">The token before the file is not valid.</exception>
    /// <exception cref="IOException">It ends early or is malformed.</exception>
    public static async Task<UploadForm?> ReadAsync(HttpContext http, IAntiforgery antiforgery)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= MaxBoundary } boundary)
            return null;
        var reader = new MultipartReader(boundary, http.Request.Body);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            while (await reader.ReadNextSectionAsync(http.RequestAborted) is { } section)
            {
                if (section.AsFileSection() is { FileStream: { } file })
                {
                    await ValidateAsync(http, antiforgery, fields.GetValueOrDefault(TokenField));
                    return new UploadForm(fields, file);
                }

                if (section.AsFormDataSection() is not { Name.Length: > 0 } field || fields.Count == MaxFields)
                    return null;
                fields[field.Name] = await TextAsync(section.Body, http.RequestAborted);
            }
        }
        catch (InvalidDataException malformed)
        {
            throw new IOException("The form is malformed.", malformed);
        }

        return null;
    }

    private static async Task ValidateAsync(HttpContext http, IAntiforgery antiforgery, string? token)
    {
        // Without one in a header the framework would read the form itself.
        if (string.IsNullOrEmpty(token))
            throw new AntiforgeryValidationException("The form has no antiforgery token before its file.");
        http.Request.Headers[TokenHeader] = token;
        await antiforgery.ValidateRequestAsync(http);
    }

    private static async Task<string> TextAsync(Stream body, CancellationToken cancellationToken)
    {
        var bytes = new byte[MaxFieldBytes + 1];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return read <= MaxFieldBytes ? Encoding.UTF8.GetString(bytes, 0, read) : throw new IOException("A field of the form is too long.");
    }
}
