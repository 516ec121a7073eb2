using System.Net;
using System.Net.Http.Headers;
using System.Text;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Dashboard;

/// <summary>A form with a file: what it takes, and what it refuses before it has read it.</summary>
public sealed class UploadTests
{
    private const string Path = "/admin/invoices";
    private const string Csv = "usage_date_utc,model,cost_usd\n2026-11-01,Claude Haiku 4.5,7\n";

    [Fact]
    public async Task A_file_goes_to_the_api_with_its_provider_and_comes_back_with_what_is_wrong()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        var token = await browser.TokenAsync(Path);
        using var made = await browser.UploadAsync(Path, Form(token, "anthropic", Csv));
        Assert.Equal((HttpStatusCode.SeeOther, "/admin/invoices?done=invoice-imported"), (made.StatusCode, made.Headers.Location?.ToString()));
        using var again = await browser.UploadAsync(Path, Form(token, "anthropic", Csv));
        Assert.Equal("/admin/invoices?done=invoice-known", again.Headers.Location?.ToString());
        foreach (var (provider, csv, said) in new[] { ("anthropic", Csv + "2026-11-02,Claude Haiku 4.5,x\n", "Line 3, column cost_usd"), ("azure", Csv, "provider: Must be one of"), ("", Csv, "Must be one of"), ("openai", "", "The file is empty.") })
        {
            using var refused = await browser.UploadAsync(Path, Form(token, provider, csv));
            Assert.Equal((csv, HttpStatusCode.BadRequest), (csv, refused.StatusCode));
            Assert.Contains(said, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Contains("\"costUsd\":\"7.000000000\"", await proxy.Admin.GetStringAsync("invoices"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_valid_token_before_the_file_nothing_is_read()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var browser = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await browser.SignInAsync(TestProxy.AdminKey);
        var token = await browser.TokenAsync(Path);
        using var late = Form(null, "anthropic", Csv);
        late.Add(new StringContent(token), "__RequestVerificationToken");
        using var cut = new ByteArrayContent(Encoding.ASCII.GetBytes("--x\r\nContent-Disposition: form-data; name=\"__RequestVerificationToken\"\r\n\r\n" + token + "\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nusage_date"));
        cut.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        using var plain = new StringContent(Csv, Encoding.UTF8, "text/csv");
        using var unbounded = new StringContent(Csv, Encoding.UTF8, "multipart/form-data");
        HttpContent[] wrong = [Form(null, "anthropic", Csv), Form("forged", "anthropic", Csv), late, Form(token, new string('x', 5000), Csv), cut, plain, unbounded];
        for (var i = 0; i < wrong.Length; i++)
        {
            using var answer = await browser.UploadAsync(Path, wrong[i]);
            Assert.Equal((i, HttpStatusCode.BadRequest), (i, answer.StatusCode));
            wrong[i].Dispose();
        }

        Assert.Equal("{\"items\":[],\"next\":null}", await proxy.Admin.GetStringAsync("invoices"));
    }

    [Fact]
    public async Task Who_may_not_import_is_told_so_and_a_file_above_the_limit_is_refused()
    {
        await using var proxy = await TestProxy.StartAsync();
        var viewer = (await proxy.SendAsync(HttpMethod.Post, "admin-keys", """{"name":"eyes","role":"viewer"}""")).GetProperty("key").GetString()!;
        using var eyes = new FormBrowser(proxy.BaseAddress);
        using var signedIn = await eyes.SignInAsync(viewer);
        using var forbidden = await eyes.UploadAsync(Path, Form(await eyes.TokenAsync(Path), "anthropic", Csv));
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using var stranger = new FormBrowser(proxy.BaseAddress);
        using var toSignIn = await stranger.UploadAsync(Path, Form("x", "anthropic", Csv));
        Assert.Equal((HttpStatusCode.SeeOther, "/admin/login"), (toSignIn.StatusCode, toSignIn.Headers.Location?.ToString()));

        using var browser = new FormBrowser(proxy.BaseAddress);
        using var in2 = await browser.SignInAsync(TestProxy.AdminKey);
        // By its length alone: the client waits for leave to send it, and gets none.
        using var large = await browser.UploadAsync(Path, new ByteArrayContent(new byte[66 << 20]), ("Expect", "100-continue"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Contains("The file is at most 64 MiB.", await large.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("{\"items\":[],\"next\":null}", await proxy.Admin.GetStringAsync("invoices"));
    }

    private static MultipartFormDataContent Form(string? token, string provider, string csv)
    {
        var form = new MultipartFormDataContent();
        if (token is not null)
            form.Add(new StringContent(token), "__RequestVerificationToken");
        form.Add(new StringContent(provider), "provider");
        form.Add(new StringContent(csv), "file", "costs.csv");
        return form;
    }
}
