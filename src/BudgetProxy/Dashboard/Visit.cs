using System.Text.Json.Nodes;
using BudgetProxy.Dashboard.Sessions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Dashboard;

/// <summary>One request of someone who is signed in: their calls to the admin API, and the pages that show the answers.</summary>
internal sealed class Visit(HttpContext http, Session session, AdminPipe pipe, PageFrame frame)
{
    public HttpContext Http => http;

    public PageFrame Frame => frame;

    /// <summary>Reads from the admin API.</summary>
    /// <param name="path">Below <c>/admin/v1</c>, escaped, with its query.</param>
    public async Task<Part<T>> ReadAsync<T>(string path)
        where T : class => (await pipe.SendAsync(session.Key, (HttpMethods.Get, path), null, default, http.RequestAborted)).Part<T>();

    /// <summary>The answer as it is, with its version.</summary>
    public Task<PipeAnswer> GetAsync(string path) => pipe.SendAsync(session.Key, (HttpMethods.Get, path), null, default, http.RequestAborted);

    /// <summary>Changes something through the admin API.</summary>
    /// <param name="ifMatch">The version that the form was filled from; null or empty = any.</param>
    /// <param name="once">A word of the form's own, under which sending it again does nothing; null or empty = none.</param>
    public Task<PipeAnswer> SendAsync(string method, string path, JsonNode? body, string? ifMatch = null, string? once = null) =>
        pipe.SendAsync(session.Key, (method, path), body, (ifMatch, once, false), http.RequestAborted);

    /// <summary>Sends a CSV file to the admin API as it comes.</summary>
    public Task<PipeAnswer> UploadAsync(string path, Stream file) => pipe.UploadAsync(session.Key, path, file, http.RequestAborted);

    /// <summary>Makes what must not be there yet: 412 where it is, so that two people who make the same at once don't overwrite each other.</summary>
    public Task<PipeAnswer> CreateAsync(string path, JsonNode? body) =>
        pipe.SendAsync(session.Key, (HttpMethods.Put, path), body, (null, null, true), http.RequestAborted);

    /// <summary>Hands an export on to the browser as it comes.</summary>
    public Task StreamAsync(string path) => pipe.StreamAsync(http, session.Key, path);

    /// <summary>A page, or a fragment of one.</summary>
    /// <param name="status">HTTP status: that of the problem where a form is shown again.</param>
    public static IResult Show<TPage>(PageFrame frame, object model, int status = StatusCodes.Status200OK)
        where TPage : IComponent => new RazorComponentResult<TPage>(
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["Frame"] = frame, ["Model"] = model })
        {
            StatusCode = status,
            PreventStreamingRendering = true,
        };

    public IResult Show<TPage>(object model, int status = StatusCodes.Status200OK)
        where TPage : IComponent => Show<TPage>(frame, model, status);

    /// <summary>After a change: on to a page that can be loaded again without repeating it.</summary>
    /// <param name="path">Below <c>/admin</c>, escaped.</param>
    /// <param name="done">A word of <see cref="Notices"/>: what to say there.</param>
    public static IResult GoTo(string path, string? done = null) =>
        new SeeOther("/admin" + path + (done is null ? "" : $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}done={done}"));
}
