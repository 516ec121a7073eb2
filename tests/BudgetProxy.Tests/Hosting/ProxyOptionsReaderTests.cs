using BudgetProxy.Core.Requests;
using BudgetProxy.Hosting;
using Microsoft.Extensions.Configuration;

namespace BudgetProxy.Tests.Hosting;

public sealed class ProxyOptionsReaderTests
{
    [Fact]
    public void Without_configuration_the_defaults_of_the_contract_hold()
    {
        Assert.Empty(Read(out var options));
        Assert.Equal("./data", options.DataDirectory);
        Assert.Equal(TimeSpan.FromMinutes(10), options.ReservationLifetime);
        Assert.Equal(32 * 1024 * 1024, options.MaxBodyBytes);
        Assert.False(options.AllowUnpricedModels);
        Assert.False(options.DrainOnDisconnect);
        Assert.Equal("https://api.anthropic.com/", options.Providers[Provider.Anthropic].BaseUrl.AbsoluteUri);
    }

    [Fact]
    public void All_errors_are_told_at_once_each_naming_its_setting()
    {
        var errors = Read(
            out _,
            ("ReservationLifetime", "soon"), ("OnClientDisconnect", "maybe"), ("MaxBodyBytes", "-1"), ("Redis", "localhost"), ("AdminKey", "short"),
            ("MaxBodyByte", "1"), ("Providers:openai:BaseUrl", "https://api.openai.com/v1"), ("Providers:nobody:ApiKey", "x"), ("Providers:azure:BaseUrl", "https://x.example"), ("OnStoreOutage", "allow"));
        string[] names =
        [
            "ReservationLifetime", "OnClientDisconnect", "MaxBodyBytes", "Redis", "AdminKey", "MaxBodyByte", "Providers__openai__BaseUrl",
            "Providers__nobody", "Providers__azure", "OnStoreOutage",
        ];
        foreach (var name in names)
            Assert.Contains(errors, error => error.StartsWith($"BudgetProxy__{name}:", StringComparison.Ordinal));
    }

    [Fact]
    public void One_of_Redis_and_Postgres_alone_says_that_they_come_together()
    {
        var errors = Read(out _, ("Postgres", "Host=localhost"));
        Assert.Contains(errors, error => error.Contains("come together", StringComparison.Ordinal));
    }

    [Fact]
    public void A_provider_key_is_in_no_text_of_the_options()
    {
        Assert.Empty(Read(out var options, ("Providers:openai:ApiKey", "sk-canary")));
        Assert.Equal("sk-canary", options.Providers[Provider.OpenAi].ApiKey);
        Assert.DoesNotContain("canary", options.Providers[Provider.OpenAi].ToString(), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Read(out ProxyOptions options, params (string Key, string Value)[] settings)
    {
        var pairs = settings.Select(setting => new KeyValuePair<string, string?>($"BudgetProxy:{setting.Key}", setting.Value));
        return ProxyOptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(pairs).Build(), out options);
    }
}
