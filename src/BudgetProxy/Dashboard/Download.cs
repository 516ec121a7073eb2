namespace BudgetProxy.Dashboard;

/// <summary>A file that the admin API writes as it reads it.</summary>
/// <param name="path">Of the admin call.</param>
/// <param name="name">What the file is to be called: plain ASCII without quotes.</param>
internal sealed class Download(Visit visit, string path, string name) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        return visit.StreamAsync(path);
    }
}
