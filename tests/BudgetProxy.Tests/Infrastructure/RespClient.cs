using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>Redis commands one at a time over a connection of their own: what a test asks of a server is not mixed up with the product's client.</summary>
internal sealed class RespClient : IDisposable
{
    private readonly TcpClient _connection;
    private readonly BufferedStream _stream;

    private RespClient(TcpClient connection)
    {
        _connection = connection;
        _stream = new BufferedStream(connection.GetStream());
    }

    public static async Task<RespClient> ConnectAsync(int port)
    {
        var connection = new TcpClient { NoDelay = true };
        try
        {
            await connection.ConnectAsync("127.0.0.1", port);
            return new RespClient(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <returns>A string, a long, a list of these, or null.</returns>
    /// <exception cref="InvalidOperationException">The server answered with an error; the message is the server's.</exception>
    public async Task<object?> ExecuteAsync(params string[] words)
    {
        var request = new StringBuilder($"*{words.Length}\r\n");
        foreach (var word in words)
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()));
        await _stream.FlushAsync();
        return await ReadAsync();
    }

    /// <summary>Closes the connection alone: the stream would flush into it, which fails where it was cut.</summary>
    public void Dispose() => _connection.Dispose();

    private async Task<object?> ReadAsync()
    {
        var line = await ReadLineAsync();
        var rest = line[1..];
        switch (line[0])
        {
            case '+':
                return rest;
            case '-':
                throw new InvalidOperationException(rest);
            case ':':
                return long.Parse(rest, CultureInfo.InvariantCulture);
            case '$':
                return await ReadBulkAsync(int.Parse(rest, CultureInfo.InvariantCulture));
            case '*':
                var items = new List<object?>();
                for (var left = int.Parse(rest, CultureInfo.InvariantCulture); left > 0; left--)
                    items.Add(await ReadAsync());
                return items;
            default:
                throw new InvalidOperationException($"Not a reply: {line}");
        }
    }

    private async Task<string?> ReadBulkAsync(int length)
    {
        if (length < 0)
            return null;
        var bytes = new byte[length + 2];
        await _stream.ReadExactlyAsync(bytes);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await _stream.ReadExactlyAsync(one);
            if (one[0] == '\n')
                return line.ToString();
            if (one[0] != '\r')
                line.Append((char)one[0]);
        }
    }
}
