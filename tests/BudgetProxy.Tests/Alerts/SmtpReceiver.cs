using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BudgetProxy.Tests.Alerts;

/// <summary>A small mail server on a real socket (RFC 5321): takes mail of whoever logs in as told, and fails as told.</summary>
internal sealed class SmtpReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();

    public SmtpReceiver()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every command, as it came.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    /// <summary>Mail that was taken.</summary>
    public ConcurrentQueue<string> Mails { get; } = new();

    /// <summary>What is answered to the end of a mail; 250 takes it.</summary>
    public string Verdict { get; set; } = "250 2.0.0 taken";

    /// <summary>What the server says it can do.</summary>
    public string[] Extensions { get; init; } = ["AUTH PLAIN", "8BITMIME", "SMTPUTF8"];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync("220 mail.test ESMTP");
                while (await reader.ReadLineAsync() is { } line)
                {
                    Commands.Enqueue(line);
                    if (line.StartsWith("EHLO", StringComparison.Ordinal))
                        await writer.WriteLineAsync(string.Join("\r\n", [.. new[] { "250-mail.test" }, .. Extensions.Select(one => "250-" + one), "250 SIZE 1000000"]));
                    else if (line == "DATA")
                        await TakeAsync(reader, writer);
                    else if (line.StartsWith("AUTH PLAIN", StringComparison.Ordinal))
                        await writer.WriteLineAsync(Encoding.UTF8.GetString(Convert.FromBase64String(line[11..])) == "\0bot\0s3cret" ? "235 ok" : "535 5.7.8 wrong");
                    else if (line == "QUIT")
                        await writer.WriteLineAsync("221 bye");
                    else
                        await writer.WriteLineAsync("250 ok");
                }
            }
        }
        catch (IOException)
        {
            // The client is gone.
        }
    }

    private async Task TakeAsync(StreamReader reader, StreamWriter writer)
    {
        await writer.WriteLineAsync("354 go on");
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line && line != ".")
            mail.Append(line).Append('\n');
        if (Verdict.StartsWith("250", StringComparison.Ordinal))
            Mails.Enqueue(mail.ToString());
        await writer.WriteLineAsync(Verdict);
    }
}
