using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Commands;

/// <summary>Copies lines as they come: memory does not grow with their number. What breaks off is no file, and no success.</summary>
/// <param name="lines">What answers with lines.</param>
/// <param name="expected">About how many there will be, to know how far it is; asked only where somebody watches. Null = too few to watch.</param>
internal sealed class LinesDownload(AdminClient client, AdminQuery lines, Func<CancellationToken, Task<long>>? expected)
{
    private const int BufferBytes = 64 * 1024;

    private long _lines;

    public async Task ToOutputAsync(CancellationToken cancellationToken)
    {
        await using var output = Console.OpenStandardOutput();
        // Where the entries themselves go to the terminal, a bar among them is no help.
        await CopyAsync(output, Console.IsOutputRedirected ? await ProgressAsync(cancellationToken) : null, "what was printed is not whole", cancellationToken);
    }

    /// <exception cref="CommandException">It can't be written, or breaks off; then there is no such file, and one that was there before still is.</exception>
    public async Task ToFileAsync(CommandCall call, string path, CancellationToken cancellationToken)
    {
        var part = path + ".part";
        try
        {
            await using var file = new FileStream(part, FileMode.Create, FileAccess.Write);
            await CopyAsync(file, await ProgressAsync(cancellationToken), "nothing was kept", cancellationToken);
            await file.DisposeAsync();
            File.Move(part, path, overwrite: true);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--output: '{path}' can't be written: {wrong.Message}");
        }
        finally
        {
            // After a success it is no longer there.
            if (File.Exists(part))
                File.Delete(part);
        }

        call.Terminal.Line($"{_lines:#,##0} lines are in {path}.");
    }

    private async Task<ProgressLine?> ProgressAsync(CancellationToken cancellationToken) =>
        expected is not null && ProgressLine.IsWanted ? new ProgressLine("entries", await expected(cancellationToken)) : null;

    private async Task CopyAsync(Stream output, ProgressLine? progress, string left, CancellationToken cancellationToken)
    {
        using var shown = progress;
        using var response = await client.OpenAsync(lines, cancellationToken);
        await using var input = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BufferBytes];
        while (await ReadAsync(input, buffer, left, cancellationToken) is > 0 and var read)
        {
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            _lines += buffer.AsSpan(0, read).Count((byte)'\n');
            progress?.Show(_lines);
        }
    }

    private async Task<int> ReadAsync(Stream input, byte[] buffer, string left, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(client.Patience);
        try
        {
            return await input.ReadAsync(buffer, late.Token);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw new CommandException($"The proxy broke off after {_lines:#,##0} lines; {left}.", ExitCode.Unavailable);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"The proxy sent nothing for {client.Patience.TotalSeconds:0} seconds, after {_lines:#,##0} lines; {left}.", ExitCode.Unavailable);
        }
    }
}
