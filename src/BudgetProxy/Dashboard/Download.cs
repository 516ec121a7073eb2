namespace BudgetProxy.Dashboard;

/// <summary>A file that the admin API writes as it reads it.</summary>
/// <param name="path">Of the admin call.</param>
/// <param name="name">What the file is to be called: plain ASCII without quotes.</param>
internal sealed class Download(Visit visit, string path, string name) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        // Only once the API has answered: a refusal must be read, and not be saved under the file's name.
        httpContext.Response.OnStarting(() =>
        {
            if (httpContext.Response.StatusCode is >= 200 and < 300)
                httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
            return Task.CompletedTask;
        });
        return visit.StreamAsync(path);
    }
}
