using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace BudgetProxy.Tests.Gateway;

/// <summary>One connection as bytes: what was really sent, and how it was framed. Everything is read as Latin-1, so a character is a byte.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _socket = new();
    private readonly Uri _proxy;
    private StreamReader _reader = null!;

    private RawConnection(Uri proxy) => _proxy = proxy;

    public static async Task<RawConnection> OpenAsync(Uri proxy)
    {
        var connection = new RawConnection(proxy);
        await connection._socket.ConnectAsync(proxy.Host, proxy.Port);
        connection._reader = new StreamReader(connection._socket.GetStream(), Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        return connection;
    }

    public async Task PostAsync(string path, string key, string body, string version = "1.1", string headers = "")
    {
        var head = $"POST {path} HTTP/{version}\r\nHost: {_proxy.Authority}\r\nAuthorization: Bearer {key}\r\nanthropic-version: 2023-06-01\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n{headers}\r\n";
        await _socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + body));
    }

    /// <summary>All bytes until the server closes the connection.</summary>
    public Task<string> ReadToEndAsync() => _reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>One answer by its own framing, which must be chunks or a length.</summary>
    public async Task<RawAnswer> ReadAnswerAsync()
    {
        var status = await LineAsync();
        var headers = await FieldsAsync();
        if (!headers.TryGetValue("Transfer-Encoding", out var coding))
            return new RawAnswer(status, headers, await ExactlyAsync(int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)), []);
        Assert.Equal("chunked", coding);
        Assert.DoesNotContain("Content-Length", headers.Keys);
        var body = new StringBuilder();
        while (int.Parse(await LineAsync(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is > 0 and var size)
        {
            body.Append(await ExactlyAsync(size));
            Assert.Equal("", await LineAsync());
        }

        return new RawAnswer(status, headers, body.ToString(), await FieldsAsync());
    }

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }

    /// <summary>Names and values up to the empty line.</summary>
    private async Task<Dictionary<string, string>> FieldsAsync()
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await LineAsync() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Assert.True(colon > 0, $"No header: {line}");
            fields.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        return fields;
    }

    private async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        while (line.Length < 2 || line[^1] != '\n' || line[^2] != '\r')
            line.Append(await ExactlyAsync(1));
        return line.ToString(0, line.Length - 2);
    }

    private async Task<string> ExactlyAsync(int length)
    {
        var text = new char[length];
        var read = await _reader.ReadBlockAsync(text).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(length, read);
        return new string(text);
    }
}
