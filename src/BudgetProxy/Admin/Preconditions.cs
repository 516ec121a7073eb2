using BudgetProxy.Audit;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace BudgetProxy.Admin;

/// <summary>
/// <c>ETag</c>, <c>If-Match</c> and <c>If-None-Match: *</c> of admin calls (RFC 9110, 13.1). A tag names a definition alone: counters beside it, which
/// change with every call, are no part of it.
/// </summary>
internal static class Preconditions
{
    /// <summary>Null = what the headers say can be held to; checked before every call that changes something.</summary>
    public static ProblemHttpResult? Problem(HttpRequest request)
    {
        var errors = new FieldErrors();
        if (request.Headers.IfMatch.Count > 0 && !TryRead(request.Headers.IfMatch, out _))
            errors.Add("If-Match", "Must be the ETag of a GET or PUT, with its quotes, or several with commas, or *.");
        if (request.Headers.IfNoneMatch.Count > 0 && request.Headers.IfNoneMatch.ToString().Trim() != "*")
            errors.Add("If-None-Match", "Only * can be asked for here: the thing must be new.");
        return errors.Any ? errors.ToProblem() : null;
    }

    /// <summary>Who makes this call and what it knows of the thing it changes.</summary>
    public static Edit Edit(this HttpContext context)
    {
        var key = context.AdminKey();
        var headers = context.Request.Headers;
        var tags = headers.IfMatch.Count > 0 && TryRead(headers.IfMatch, out var read) ? read : null;
        var mustBeNew = headers.IfNoneMatch.Count > 0;
        return new Edit(ActorOf(key), tags is null && !mustBeNew ? null : new Precondition(tags, mustBeNew));
    }

    public static AuditActor Actor(this HttpContext context) => ActorOf(context.AdminKey());

    /// <summary>200 with a document and the tag of the definition that it shows.</summary>
    public static Ok<TDocument> Tagged<TDocument>(this HttpResponse response, string tag, TDocument document)
    {
        response.Headers.ETag = $"\"{tag}\"";
        return TypedResults.Ok(document);
    }

    private static AuditActor ActorOf(AdminKey key) => new(key.Id, key.Name);

    /// <summary>A weak tag stands for no definition: it is kept with its mark, and is never equal to one.</summary>
    private static bool TryRead(Microsoft.Extensions.Primitives.StringValues header, out List<string> tags)
    {
        tags = [];
        if (header.ToString().Trim() == "*")
            return true;
        if (!EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var parsed) || parsed.Count == 0 || parsed.Any(tag => tag.Tag == "*"))
            return false;
        tags = [.. parsed.Select(tag => tag.IsWeak ? "W/" + tag.Tag : tag.Tag.ToString().Trim('"'))];
        return true;
    }
}
