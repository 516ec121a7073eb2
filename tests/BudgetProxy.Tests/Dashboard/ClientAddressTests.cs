using System.Net;
using BudgetProxy.Dashboard.Sessions;
using BudgetProxy.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Dashboard;

/// <summary>Whose wrong keys are counted, with and without reverse proxies before the dashboard.</summary>
public sealed class ClientAddressTests
{
    [Theory]
    [InlineData(null, "10.0.0.1", "192.0.2.7", "10.0.0.1")]
    [InlineData("10.0.0.1", "10.0.0.1", null, "10.0.0.1")]
    [InlineData("10.0.0.1", "10.0.0.1", "192.0.2.7", "192.0.2.7")]
    [InlineData("10.0.0.0/8", "::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7")]
    [InlineData("10.0.0.0/8, 127.0.0.1", "127.0.0.1", "198.51.100.1, 192.0.2.7, 10.3.2.1", "192.0.2.7")]
    [InlineData("10.0.0.1", "203.0.113.5", "192.0.2.7", "203.0.113.5")]
    [InlineData("10.0.0.1", "10.0.0.1", "nonsense", "10.0.0.1")]
    public void Only_trusted_proxies_say_who_asks(string? trusted, string remote, string? forwarded, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("BudgetProxy:TrustedProxies", trusted)]).Build();
        Assert.Empty(ProxyOptionsReader.Read(configuration, out var options));
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        if (forwarded is not null)
            http.Request.Headers["X-Forwarded-For"] = forwarded;
        Assert.Equal(IPAddress.Parse(expected), new ClientAddress(options.TrustedProxies, NullLoggerFactory.Instance).Of(http));
    }
}
