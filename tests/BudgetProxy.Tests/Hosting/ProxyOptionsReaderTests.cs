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
        Assert.False(options.AskProviderCount);
        Assert.Equal(TimeSpan.FromSeconds(1), options.CountDeadline);
        Assert.False(options.IsDistributed);
        Assert.False(options.AllowOnStoreOutage);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.StoreDeadline);
        Assert.Equal(TimeSpan.Zero, options.StopDelay);
        Assert.Equal(TimeSpan.FromMinutes(1), options.DrainLimit);
        Assert.Equal("https://api.anthropic.com/", options.Providers[Provider.Anthropic].BaseUrl.AbsoluteUri);
    }

    [Fact]
    public void All_errors_are_told_at_once_each_naming_its_setting()
    {
        var errors = Read(
            out _,
            ("ReservationLifetime", "soon"), ("OnClientDisconnect", "maybe"), ("MaxBodyBytes", "-1"), ("Redis", "localhost"), ("AdminKey", "short"),
            ("MaxBodyByte", "1"), ("Providers:openai:BaseUrl", "https://api.openai.com/v1"), ("Providers:nobody:ApiKey", "x"), ("Providers:azure:BaseUrl", "https://x.example"), ("OnStoreOutage", "allow"),
            ("AskProviderCount", "always"), ("CountDeadline", "00:01:00"), ("TrustedProxies", "10.0.0.0/8, the balancer"));
        string[] names =
        [
            "ReservationLifetime", "OnClientDisconnect", "MaxBodyBytes", "Redis", "AdminKey", "MaxBodyByte", "Providers__openai__BaseUrl",
            "Providers__nobody", "Providers__azure", "OnStoreOutage", "AskProviderCount", "CountDeadline", "TrustedProxies",
        ];
        foreach (var name in names)
            Assert.Contains(errors, error => error.StartsWith($"BudgetProxy__{name}:", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("TrustedProxies", "10.0.0")]
    [InlineData("TrustedProxies", "10")]
    [InlineData("TrustedProxies", "010.0.0.4")]
    [InlineData("TrustedProxies", "0.0.0.0/0")]
    [InlineData("TrustedProxies", "::/0")]
    [InlineData("TrustedProxies:0", "10.0.0.1")]
    public void Who_is_trusted_is_said_plainly(string name, string value) =>
        Assert.StartsWith("BudgetProxy__TrustedProxies: ", Assert.Single(Read(out _, (name, value))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Postgres", "Host=localhost", "BudgetProxy__Redis")]
    [InlineData("Redis", "localhost:6379", "BudgetProxy__Postgres")]
    public void One_of_Redis_and_Postgres_alone_says_that_they_come_together(string given, string value, string missing)
    {
        var error = Assert.Single(Read(out _, (given, value)));
        Assert.StartsWith($"BudgetProxy__{given}: Redis and Postgres come together", error, StringComparison.Ordinal);
        Assert.Contains(missing, error, StringComparison.Ordinal);
    }

    [Fact]
    public void With_both_Redis_and_Postgres_the_proxy_is_distributed()
    {
        Assert.Empty(Read(
            out var options, ("Redis", " localhost:6379,password=secret "), ("Postgres", "Host=localhost;Database=b;Password=secret"), ("OnStoreOutage", "allow"),
            ("StoreDeadline", "00:00:00.050"), ("StopDelay", "00:00:05"), ("DrainLimit", "00:30:00")));
        Assert.True(options.IsDistributed);
        Assert.True(options.AllowOnStoreOutage);
        Assert.Equal("localhost:6379,password=secret", options.Redis);
        Assert.Equal("Host=localhost;Database=b;Password=secret", options.Postgres);
        Assert.Equal(TimeSpan.FromMilliseconds(50), options.StoreDeadline);
        Assert.Equal(TimeSpan.FromSeconds(5), options.StopDelay);
        Assert.Equal(TimeSpan.FromMinutes(30), options.DrainLimit);
    }

    [Fact]
    public void Embedded_there_is_nothing_to_spool_to_when_the_store_is_out()
    {
        var error = Assert.Single(Read(out var options, ("OnStoreOutage", "allow")));
        Assert.Contains("needs the distributed mode", error, StringComparison.Ordinal);
        Assert.False(options.AllowOnStoreOutage);
    }

    [Fact]
    public void Allowances_are_read_by_route()
    {
        Assert.Empty(Read(
            out var options, ("Allowances:openaiChat:remoteImage", "500"), ("Allowances:AnthropicMessages:SERVERTOOL", "window"),
            ("Allowances:openaiResponses:previousResponse", "70000"), ("Allowances:openaiChat:fileId", "refuse"), ("Allowances:openaiChat:fileUrl", "")));
        Assert.Equal(500, options.Allowances.Of(ProviderApi.OpenAiChat)[UnseenItem.RemoteImage].Tokens);
        Assert.Equal(Allowance.Refuse, options.Allowances.Of(ProviderApi.OpenAiChat)[UnseenItem.ServerTool]);
        Assert.Equal(Allowance.Refuse, options.Allowances.Of(ProviderApi.OpenAiChat)[UnseenItem.FileUrl]);
        Assert.Equal(Allowance.Window, options.Allowances.Of(ProviderApi.AnthropicMessages)[UnseenItem.ServerTool]);
        Assert.Equal(Allowance.ModelCap, options.Allowances.Of(ProviderApi.AnthropicMessages)[UnseenItem.RemoteImage]);
        Assert.Equal(70_000, options.Allowances.All.Single(one => one.Route == "openaiResponses")[UnseenItem.PreviousResponse].Tokens);
    }

    [Theory]
    [InlineData("Allowances:openai", "1", "openaiChat, openaiResponses, anthropicMessages")]
    [InlineData("Allowances", "refuse", "below it")]
    [InlineData("Allowances:openaiChat", "refuse", "below it")]
    [InlineData("Allowances:openaiChat:fileId:x", "1", "no settings below this one")]
    [InlineData("Allowances:openaiChat:previousResponse", "1", "remoteImage, fileId, fileUrl, serverTool.")]
    [InlineData("Allowances:openaiResponses:audio", "1", "remoteImage, fileId, fileUrl, serverTool, previousResponse.")]
    [InlineData("Allowances:anthropicMessages:fileId", "-1", "2000000")]
    [InlineData("Allowances:anthropicMessages:fileId", "unlimited", "`window` or `refuse`")]
    public void A_wrong_allowance_is_told_with_what_there_is(string name, string value, string there)
    {
        var error = Assert.Single(Read(out _, (name, value)));
        Assert.StartsWith($"BudgetProxy__{name.Replace(":", "__", StringComparison.Ordinal)}: ", error, StringComparison.Ordinal);
        Assert.Contains(there, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("StoreDeadline", "00:00:00.009")]
    [InlineData("StoreDeadline", "00:00:10.001")]
    [InlineData("StoreDeadline", "250")]
    [InlineData("StopDelay", "00:01:01")]
    [InlineData("StopDelay", "-00:00:01")]
    [InlineData("DrainLimit", "00:00:00")]
    [InlineData("DrainLimit", "01:00:01")]
    public void A_duration_outside_its_range_is_told_with_the_range(string name, string value)
    {
        var error = Assert.Single(Read(out _, (name, value)));
        Assert.StartsWith($"BudgetProxy__{name}: must be a duration hh:mm:ss", error, StringComparison.Ordinal);
        Assert.Contains(value, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Redis", "redis://:canary@localhost:6379")]
    [InlineData("Redis", "password=canary,ssl=true")]
    [InlineData("Redis", "localhost:canary")]
    [InlineData("Redis", "localhost:0,password=canary")]
    [InlineData("Redis", "[::1]:70000,password=canary")]
    [InlineData("Postgres", "postgres://app:canary@localhost/b")]
    [InlineData("Postgres", "Database=b;Password=canary")]
    [InlineData("Postgres", "Host=localhost;canary")]
    [InlineData("Postgres", "Host=localhost;Password='canary")]
    public void A_connection_string_that_no_server_could_be_reached_by_is_refused_without_being_shown(string name, string value)
    {
        var other = name == "Redis" ? ("Postgres", "Host=localhost") : ("Redis", "localhost");
        var error = Assert.Single(Read(out _, (name, value), other));
        Assert.StartsWith($"BudgetProxy__{name}: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("redis:6379,redis-2:6380,abortConnect=false,password=a=b")]
    [InlineData("[::1]:6379")]
    [InlineData("::1,ssl=true")]
    public void Usual_Redis_endpoints_are_taken(string value) => Assert.Empty(Read(out _, ("Redis", value), ("Postgres", "Server=localhost")));

    [Fact]
    public void No_password_or_key_is_in_the_text_of_the_options()
    {
        Assert.Empty(Read(
            out var options, ("Redis", "localhost,password=canary"), ("Postgres", "Host=localhost;Password=canary"), ("AdminKey", "canary-canary-canary")));
        Assert.DoesNotContain("canary", $"{options}", StringComparison.Ordinal);
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
