using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>One keep-alive connection that sends the same request again and again and checks each answer. Allocates nothing per call.</summary>
internal sealed class LoadConnection(int port, byte[] request, bool streamed) : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[256 * 1024];

    public ValueTask ConnectAsync() => _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), CancellationToken.None);

    /// <summary>One call; throws with the answer's beginning when it is not a whole 200.</summary>
    public async ValueTask CallAsync()
    {
        for (var sent = 0; sent < request.Length;)
            sent += await _socket.SendAsync(request.AsMemory(sent), SocketFlags.None);
        var answer = new AnswerFraming();
        var length = 0;
        while (!answer.Advance(_buffer.AsSpan(0, length)))
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(length), SocketFlags.None);
            if (read == 0)
                throw new IOException("The connection was closed in the middle of: " + Beginning(length));
            length += read;
        }

        if (answer.Status != 200 || answer.End != length || !EndsWell(_buffer.AsSpan(0, length)))
            throw new IOException("Not a whole 200: " + Beginning(length));
    }

    public void Dispose() => _socket.Dispose();

    private bool EndsWell(ReadOnlySpan<byte> answer) =>
        streamed ? answer.LastIndexOf("data: [DONE]\n\n"u8) >= 0 : answer[^1] == '}';

    private string Beginning(int length) => Encoding.UTF8.GetString(_buffer, 0, Math.Min(length, 600));
}
