using System.Text;
using BudgetProxy.Admin;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace BudgetProxy.DirectoryFile;

/// <summary><c>/directory</c>: the directory as a file.</summary>
internal static class DirectoryApi
{
    public const string MediaType = "application/yaml";

    private static readonly string[] MediaTypes = [MediaType, "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain", "application/json"];

    public static void Map(IEndpointRouteBuilder admin)
    {
        // Hashes of keys stand in it: enough for a guess to be tried on where somebody chose a bad key.
        admin.MapGet("/directory", Export).WithMetadata(new NeedsRole(AdminRole.Admin));
        // To look is for everybody who may read, so that a pipeline that only checks a file needs no key that could apply it.
        admin.MapPost("/directory", Take).WithMetadata(new NeedsRole(AdminRole.Viewer));
        admin.MapGet("/directory/schema", () => TypedResults.Bytes(DirectorySchema.Utf8, "application/schema+json"));
    }

    private static async Task Export(HttpContext http, TenantDirectory directory)
    {
        await directory.RefreshAsync(http.RequestAborted);
        http.Response.ContentType = MediaType;
        await using var output = new StreamWriter(http.Response.Body, new UTF8Encoding(false), 64 * 1024, leaveOpen: true);
        await DirectoryExport.WriteAsync(directory.Current, output, http.RequestAborted);
    }

    private static async Task<Results<Ok<DirectoryOutcome>, ProblemHttpResult>> Take(HttpContext http, DirectoryApplier applier)
    {
        var query = new QueryReader(http.Request.Query);
        var (apply, prune) = (query.Flag("apply"), query.Flag("prune"));
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var key = http.AdminKey();
        if (apply && key.Role < AdminRole.Admin)
            return Problems.Forbidden(Names.Of(key.Role), Names.Of(AdminRole.Admin));
        if (!IsYaml(http.Request))
            return Problems.WrongFileType();
        if (await ReadAsync(http.Request, http.RequestAborted) is not { } file)
            return Problems.TooLarge(DirectoryFileReader.MaxBytes);
        var request = new DirectoryRequest(file, KeySources.WithoutEnvironment, prune);
        // Once begun it is carried to its end: who asked may have gone, and half of a count is worth nothing.
        var outcome = apply
            ? await applier.ApplyAsync(request, http.Actor(), CancellationToken.None)
            : await applier.PlanAsync(request, http.RequestAborted);
        return outcome.Errors.Count == 0 ? TypedResults.Ok(outcome) : Refusal(outcome);
    }

    /// <summary>What is wrong with the file, in the form of a plan and of a problem alike.</summary>
    private static ProblemHttpResult Refusal(DirectoryOutcome outcome) => TypedResults.Problem(
        $"{outcome.Errors[0]}{(outcome.Errors.Count > 1 ? $" And {outcome.Errors.Count - 1} more, all under 'errors'." : "")}",
        statusCode: StatusCodes.Status400BadRequest,
        title: outcome.Errors.Count == 1 ? "The file has an error; nothing was changed." : $"The file has {outcome.Errors.Count} errors; nothing was changed.",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["changes"] = Array.Empty<PlannedChange>(),
            ["errors"] = outcome.Errors,
            ["warnings"] = outcome.Warnings,
            ["applied"] = false,
        });

    private static bool IsYaml(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0
        && MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && MediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>Null where the body is too long. Some of what is too much is read all the same: a caller who is still sending would see no answer, but a broken connection.</summary>
    private static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var chunk = new byte[64 * 1024];
        long length = 0;
        int read;
        while (length < 2L * DirectoryFileReader.MaxBytes && (read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            length += read;
            if (length <= DirectoryFileReader.MaxBytes)
                body.Write(chunk, 0, read);
        }

        return length <= DirectoryFileReader.MaxBytes ? body.ToArray() : null;
    }
}
