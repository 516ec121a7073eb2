using System.Text;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Directories;

/// <summary>Files on this machine.</summary>
internal static class LocalFile
{
    /// <summary>The proxy takes no more bytes.</summary>
    private const int MaxBytes = 32 << 20;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <param name="name">A path, or - for standard input.</param>
    /// <exception cref="CommandException">It can't be read, is too large, or is no text.</exception>
    public static string Read(string name)
    {
        try
        {
            using var input = name == "-" ? Console.OpenStandardInput() : File.OpenRead(name);
            using var copy = new MemoryStream();
            var chunk = new byte[64 * 1024];
            int read;
            while ((read = input.Read(chunk)) > 0)
            {
                copy.Write(chunk, 0, read);
                if (copy.Length > MaxBytes)
                    throw new CommandException($"{name} has more than {MaxBytes} bytes.");
            }

            return Strict.GetString(copy.ToArray()).TrimStart('\uFEFF');
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException(failed is DecoderFallbackException ? $"{name} is not UTF-8 text." : $"{name} can't be read: {failed.Message}");
        }
    }

    /// <summary>Replaces the file in one step: whoever reads it sees the old text or the new, and what breaks off in the middle leaves the old.</summary>
    /// <exception cref="CommandException">It can't be written, or the text has no end.</exception>
    public static async Task WriteAsync(string path, Stream text, CancellationToken cancellationToken)
    {
        var beside = $"{path}.{Environment.ProcessId}.new";
        try
        {
            await using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
                await text.CopyToAsync(file, cancellationToken);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException or HttpRequestException)
        {
            if (File.Exists(beside))
                File.Delete(beside);
            throw new CommandException($"{path} can't be written: {failed.Message}");
        }
    }
}
