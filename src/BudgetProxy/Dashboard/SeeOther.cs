namespace BudgetProxy.Dashboard;

/// <summary>303: the answer to a form is a page of its own, whatever the form's method was.</summary>
/// <param name="path">Always one of ours: nothing of it comes from a request unchecked.</param>
internal sealed class SeeOther(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = path;
        return Task.CompletedTask;
    }
}
