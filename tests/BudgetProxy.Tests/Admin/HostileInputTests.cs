using System.Net;

namespace BudgetProxy.Tests.Admin;

public sealed class HostileInputTests
{
    [Theory]
    [InlineData("Acme")]
    [InlineData("-acme")]
    [InlineData("{acme}")]
    [InlineData("a:b")]
    [InlineData("a%27;DROP%20TABLE%20tenants;--")]
    [InlineData("a%2Fb")]
    [InlineData("a%0Ab")]
    [InlineData("*")]
    [InlineData("%E2%82%AC")]
    [InlineData("..%2f..")]
    public async Task An_id_with_meaning_elsewhere_is_no_tenant(string id)
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        Assert.NotEmpty((await host.PutAsync($"/tenants/{id}", "{}")).ErrorOf("tenant"));
        (await host.GetAsync($"/tenants/{id}")).Is(HttpStatusCode.NotFound);
        (await host.DeleteAsync($"/tenants/{id}")).Is(HttpStatusCode.NotFound);
        (await host.GetAsync($"/tenants/{id}/keys")).Is(HttpStatusCode.NotFound);
        Assert.Single((await host.GetAsync("/tenants")).Json.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_null_byte_or_a_huge_id_changes_nothing()
    {
        await using var host = await AdminHost.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await host.PutAsync("/tenants/a%00b", "{}")).Status);
        Assert.NotEmpty((await host.PutAsync("/tenants/" + new string('a', 65), "{}")).ErrorOf("tenant"));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, (await host.PutAsync("/tenants/" + new string('a', 10_000), "{}")).Status);
        Assert.Empty((await host.GetAsync("/tenants")).Json.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("%20a")]
    [InlineData("a%20")]
    [InlineData("a%0d%0aX-Evil:1")]
    [InlineData("%C3%A9")]
    public async Task A_budget_name_that_could_break_a_header_is_refused(string name)
    {
        await using var host = await AdminHost.StartAsync();
        await host.PutAsync("/tenants/acme", "{}");
        Assert.NotEmpty((await host.PutAsync($"/tenants/acme/budgets/{name}", """{"limit":{"usd":"1"},"window":"day"}""")).ErrorOf("name"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{} {}")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}")]
    [InlineData("{\"name\":\"a\",\"n\\u0061me\":\"b\"}")]
    [InlineData("{\"name\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{/* hi */}")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}")]
    public async Task A_body_that_is_not_one_clean_object_is_400(string body)
    {
        await using var host = await AdminHost.StartAsync();
        (await host.PutAsync("/tenants/acme", body)).Is(HttpStatusCode.BadRequest);
        (await host.GetAsync("/tenants/acme")).Is(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("")]
    public async Task A_body_of_another_type_is_415(string contentType)
    {
        await using var host = await AdminHost.StartAsync();
        (await host.SendAsync("PUT", "/tenants/acme", "{}", AdminHost.AdminKey, contentType)).Is(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_body_over_a_mebibyte_is_413()
    {
        await using var host = await AdminHost.StartAsync();
        (await host.PutAsync("/tenants/acme", $$"""{"name":"{{new string('x', 1 << 20)}}"}""")).Is(HttpStatusCode.RequestEntityTooLarge);
        (await host.PutAsync("/tenants/acme", "{}" + new string(' ', (1 << 20) - 2))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_unknown_call_is_404_as_a_problem()
    {
        await using var host = await AdminHost.StartAsync();
        (await host.GetAsync("/no/such/call")).Is(HttpStatusCode.NotFound);
        (await host.PostAsync("/tenants", "{}")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Text_from_outside_is_stored_as_it_is()
    {
        await using var host = await AdminHost.StartAsync();
        const string Name = "Robert'); DROP TABLE tenants;-- €😀{x}:*";
        var json = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = Name });
        Assert.Equal(Name, (await host.PutAsync("/tenants/acme", json)).Is(HttpStatusCode.OK).Json.GetProperty("name").GetString());
    }
}
