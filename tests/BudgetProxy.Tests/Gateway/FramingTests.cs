using System.Net.Sockets;
using System.Text;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>Requests that two servers could read differently, over a raw socket: never a call at the provider.</summary>
public sealed class FramingTests
{
    [Theory]
    [InlineData("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}", " 400 ")]
    [InlineData("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", " 400 ")]
    [InlineData("POST /openai/v1/chat/completions HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer {key}\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}", " 400 ")]
    [InlineData("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nTransfer-Encoding: chunked, identity\r\n\r\n{chunked}", " 400 ")]
    [InlineData("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n{chunked}", " 415 ")]
    [InlineData("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}", " 400 ")]
    [InlineData("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nAuthorization: Bearer {key}\r\nContent-Length: 2\r\n\r\n{}", " 401 ")]
    public async Task Ambiguous_framing_is_refused(string raw, string expected)
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        var body = Bodies.Chat();
        var request = raw.Replace("{key}", key, StringComparison.Ordinal)
            .Replace("{chunked}", $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n", StringComparison.Ordinal);

        using var socket = new TcpClient();
        await socket.ConnectAsync(proxy.BaseAddress.Host, proxy.BaseAddress.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        var answer = new byte[4096];
        var read = await socket.GetStream().ReadAsync(answer);

        Assert.Contains(expected, Encoding.ASCII.GetString(answer, 0, read).Split('\r')[0] + " ", StringComparison.Ordinal);
        Assert.Equal(0, proxy.Provider.CallCount);
    }
}
