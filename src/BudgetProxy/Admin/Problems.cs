using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary>The refusals of the admin API that are not about one field (RFC 9457).</summary>
internal static class Problems
{
    public static ProblemHttpResult Unauthorized() => Of(
        StatusCodes.Status401Unauthorized, "An admin key is needed.", "Send a valid admin key as 'Authorization: Bearer bpa_…'.");

    public static ProblemHttpResult Forbidden(string held, string needed) => Of(
        StatusCodes.Status403Forbidden, "This admin key may not do that.", $"The key has the role '{held}'; this call needs '{needed}'.");

    public static ProblemHttpResult NoSuchTenant() => NotFound("There is no such tenant. Make it with PUT /admin/v1/tenants/{tenant}.");

    public static ProblemHttpResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, "Not found.", detail);

    public static ProblemHttpResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, "That can't be done now.", detail);

    public static ProblemHttpResult Changed() => Of(
        StatusCodes.Status412PreconditionFailed, "It is not what this call says it is.",
        "With If-Match: it was changed or deleted since; GET it again, look at what changed, and repeat with the new ETag. With If-None-Match: *: it is there already; leave the header out to replace it.");

    public static ProblemHttpResult BadBody(string detail) => Of(StatusCodes.Status400BadRequest, "The body can't be read.", detail);

    public static ProblemHttpResult TooLarge(long limit) => Of(
        StatusCodes.Status413PayloadTooLarge, "The body is too large.", $"An admin call's body is at most {limit} bytes.");

    /// <param name="status">400 or 413.</param>
    public static ProblemHttpResult BadFile(int status, string detail) => Of(status, "The file can't be read.", detail);

    public static ProblemHttpResult WrongMediaType() => Of(
        StatusCodes.Status415UnsupportedMediaType, "The body must be JSON.", "Send 'Content-Type: application/json', UTF-8 and not compressed.");

    public static ProblemHttpResult WrongFileType() => Of(
        StatusCodes.Status415UnsupportedMediaType, "The body must be a directory file.", "Send 'Content-Type: application/yaml', UTF-8 and not compressed.");

    public static ProblemHttpResult StoreUnavailable() => Of(
        StatusCodes.Status503ServiceUnavailable, "The store can't be reached.",
        "Whether the change was made is not known; PUT and DELETE may be repeated, and a POST with the same Idempotency-Key.");

    private static ProblemHttpResult Of(int status, string title, string detail) => TypedResults.Problem(detail, statusCode: status, title: title);
}
