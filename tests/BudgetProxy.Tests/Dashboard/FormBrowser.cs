using System.Text.RegularExpressions;

namespace BudgetProxy.Tests.Dashboard;

/// <summary>Keeps cookies and sends forms as a browser does, and follows nothing.</summary>
internal sealed partial class FormBrowser(Uri address) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = address };
    private readonly Dictionary<string, string> _cookies = [];

    public bool HasCookie(string name) => _cookies.ContainsKey(name);

    public void SetCookie(string name, string value) => _cookies[name] = value;

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), headers);

    /// <summary>The antiforgery token of the first form of a page.</summary>
    public async Task<string> TokenAsync(string path)
    {
        using var page = await GetAsync(path);
        return TokenField().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string token, params (string Name, string Value)[] fields) => PostAsync(path, token, [], fields);

    /// <summary>Sends a form whose parts are made by hand.</summary>
    public Task<HttpResponseMessage> UploadAsync(string path, HttpContent form, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = form }, headers);

    /// <param name="from">The address that a reverse proxy tells of; null = there is none.</param>
    public async Task<HttpResponseMessage> SignInAsync(string key, string? origin = null, string? from = null) => await PostAsync(
        "/admin/login", await TokenAsync("/admin/login"), [.. origin is null ? [] : new[] { ("Origin", origin) }, .. from is null ? [] : new[] { ("X-Forwarded-For", from) }], [("key", key)]);

    public void Dispose() => _client.Dispose();

    private Task<HttpResponseMessage> PostAsync(string path, string token, (string Name, string Value)[] headers, (string Name, string Value)[] fields)
    {
        var form = fields.Append((Name: "__RequestVerificationToken", Value: token)).Select(field => KeyValuePair.Create(field.Name, field.Value));
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) }, headers);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        using (request)
        {
            if (_cookies.Count > 0)
                request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            foreach (var (name, value) in headers)
                request.Headers.Add(name, value);
            // What is refused for its length is refused before it is sent, so that the answer is not lost with the connection.
            request.Headers.ExpectContinue = request.Content?.Headers.ContentLength > 1 << 20;
            var answer = await _client.SendAsync(request);
            if (answer.Headers.TryGetValues("Set-Cookie", out var set))
            {
                foreach (var cookie in set.Select(text => text.Split(';')[0].Split('=', 2)))
                    _cookies[cookie[0]] = cookie[1];
            }

            return answer;
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
