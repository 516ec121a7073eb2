using BudgetProxy.Dashboard.Answers;
using BudgetProxy.Dashboard.Pages;
using BudgetProxy.Dashboard.Sessions;
using BudgetProxy.Reservations;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;

namespace BudgetProxy.Dashboard;

/// <summary>
/// Stands before every page: lets in who has a session whose key is still valid, and a form only with its antiforgery token. Everybody else is sent to
/// sign in.
/// </summary>
internal sealed partial class Door(AdminPipe pipe, SessionCookies sessions, IAntiforgery antiforgery, AssetFiles assets, ILogger<Door> logger)
{
    /// <summary>No form comes near this; what is larger is not read.</summary>
    private const int MaxFormBytes = 1 << 20;

    /// <summary>Colours that the reader chose; the script sets it too, so it is not hidden from it.</summary>
    public const string ThemeCookie = "budgetproxy-theme";

    /// <summary>A page that is looked at.</summary>
    public RequestDelegate Page(Func<Visit, Task<IResult>> show) => http => AdmitAsync(http, renew: true, show);

    /// <summary>A fragment that a page left open fetches by itself, which alone does not keep the session alive.</summary>
    public RequestDelegate Fragment(Func<Visit, Task<IResult>> show) => http => AdmitAsync(http, renew: false, show);

    /// <summary>A form that is sent.</summary>
    public RequestDelegate Form(Func<Visit, FormFields, Task<IResult>> act) => http => AdmitAsync(http, renew: true, Taking(act));

    /// <summary>A form with a file, which is read as it comes once the fields before it are known.</summary>
    /// <param name="most">Bytes of the file at most. Who reads it holds to that; what says beforehand that it is larger is not read.</param>
    public RequestDelegate Upload(long most, Func<Visit, UploadForm, Task<IResult>> act, Func<Visit, Task<IResult>> tooLarge) => http => AdmitAsync(http, renew: true, async visit =>
    {
        if (http.Request.ContentLength > most + MaxFormBytes)
            return await tooLarge(visit);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = most + MaxFormBytes;
        try
        {
            return await UploadForm.ReadAsync(http, antiforgery) is { } form ? await act(visit, form) : Stale(http);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return await tooLarge(visit);
        }
        catch (Exception e) when (e is AntiforgeryValidationException or IOException or BadHttpRequestException)
        {
            return Stale(http);
        }
    });

    /// <summary>A page or form before signing in.</summary>
    public RequestDelegate Open(Func<HttpContext, Task<IResult>> show) => http => GuardAsync(http, show);

    /// <summary>The frame of a page for someone who is not signed in.</summary>
    public PageFrame Frame(HttpContext http, WhoAmI? me = null) => new(
        me, PageOf(http.Request), antiforgery.GetAndStoreTokens(http).RequestToken!, Theme(http), Notices.Of(http.Request.Query["done"])) { Asset = assets.UrlOf };

    /// <summary>The fields of a form whose antiforgery token is valid; null = it is not, or it is no form.</summary>
    public async Task<FormFields?> FieldsAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MaxFormBytes;
        try
        {
            await antiforgery.ValidateRequestAsync(http);
            return new FormFields(await http.Request.ReadFormAsync(http.RequestAborted));
        }
        catch (Exception e) when (e is AntiforgeryValidationException or InvalidDataException or BadHttpRequestException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What is answered where <see cref="FieldsAsync"/> has none.</summary>
    public IResult Stale(HttpContext http) => Visit.Show<MessagePage>(
        Frame(http),
        new MessageModel("This form is out of date", "Nothing was changed. Go back, load the page again, and send the form once more."),
        StatusCodes.Status400BadRequest);

    private Func<Visit, Task<IResult>> Taking(Func<Visit, FormFields, Task<IResult>> act) => visit => TakeAsync(visit, act);

    private async Task<IResult> TakeAsync(Visit visit, Func<Visit, FormFields, Task<IResult>> act) =>
        await FieldsAsync(visit.Http) is { } fields ? await act(visit, fields) : Stale(visit.Http);

    private Task AdmitAsync(HttpContext http, bool renew, Func<Visit, Task<IResult>> show) => GuardAsync(http, async _ =>
    {
        if (sessions.Read(http) is not { } session)
            return SignIn(http, renew);
        var who = await pipe.SendAsync(session.Key, (HttpMethods.Get, "/whoami"), null, default, http.RequestAborted);
        if (!who.IsSuccess)
        {
            if (who.Status != StatusCodes.Status401Unauthorized)
                return Failed(http, who.Problem());
            SessionCookies.End(http);
            return SignIn(http, renew);
        }

        http.User = SessionUser.Of(session);
        if (renew)
            sessions.Renew(http, session);
        return await show(new Visit(http, session, pipe, Frame(http, who.Read<WhoAmI>())));
    });

    private async Task GuardAsync(HttpContext http, Func<HttpContext, Task<IResult>> show)
    {
        PageSecurity.Apply(http.Response);
        IResult result;
        try
        {
            result = await show(http);
            await result.ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failed) when (!http.Response.HasStarted)
        {
            // The edge of the app: whatever it was, a person is waiting for an answer.
            Log.Failed(logger, http.Request.Path, failed);
            var outage = failed is StoreUnavailableException or { InnerException: StoreUnavailableException };
            result = Plain(outage ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError);
            await result.ExecuteAsync(http);
        }
    }

    private static IResult SignIn(HttpContext http, bool page)
    {
        if (!page)
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        // A link on another site leads here without the strict cookie. Loaded once more, from here, it has it.
        if (HttpMethods.IsGet(http.Request.Method) && http.Request.Headers["Sec-Fetch-Site"] == "cross-site")
            return Results.Content("<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0\"><title>BudgetProxy</title>", "text/html");
        var to = HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : "/admin";
        return new SeeOther(to == "/admin" ? "/admin/login" : "/admin/login?to=" + Uri.EscapeDataString(to));
    }

    private IResult Failed(HttpContext http, Problem problem) => Visit.Show<MessagePage>(
        Frame(http), new MessageModel(problem.Title ?? "Something went wrong", problem.Detail ?? "Try again in a moment."), problem.Status);

    /// <summary>Needs nothing that could fail again.</summary>
    private static IResult Plain(int status) => Results.Text(
        status == StatusCodes.Status503ServiceUnavailable
            ? "The store can't be reached. Try again in a moment.\n"
            : "Something went wrong, and the proxy's log says what. Nothing is known to have been changed.\n",
        "text/plain", statusCode: status);

    /// <summary>The page that can be loaded again: of a form's answer the one that the form stood on.</summary>
    private static string PageOf(HttpRequest request)
    {
        var path = request.Path.Value!;
        if (HttpMethods.IsGet(request.Method))
            return path;
        var parts = path.Split('/');
        return string.Join('/', parts.Take(parts is [_, _, "tenants", _, ..] ? 4 : 3));
    }

    private static string? Theme(HttpContext http) => http.Request.Cookies[ThemeCookie] is "light" or "dark" ? http.Request.Cookies[ThemeCookie] : null;

    private static partial class Log
    {
        [LoggerMessage(3081, LogLevel.Error, "The dashboard could not answer {Path}")]
        public static partial void Failed(ILogger logger, string path, Exception failed);
    }
}
