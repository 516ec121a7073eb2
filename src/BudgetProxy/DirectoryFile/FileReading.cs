using System.Security.Cryptography;

namespace BudgetProxy.DirectoryFile;

/// <summary>What stands in a file at one moment, or why it can't be read.</summary>
/// <param name="Content">Null where it can't be read.</param>
/// <param name="Identity">The same for the same content, or the same problem.</param>
internal sealed record FileReading(byte[]? Content, string? Problem, string Identity)
{
    /// <summary>Opens the file anew, so that one that was replaced, or a link that was moved, is seen as it now is.</summary>
    public static FileReading Of(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > DirectoryFileReader.MaxBytes)
                return Failed($"it has {file.Length} bytes; at most {DirectoryFileReader.MaxBytes} are read");
            var content = new byte[file.Length];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (length < content.Length)
                content = content[..length];
            return new FileReading(content, null, Convert.ToHexStringLower(SHA256.HashData(content)));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return Failed(failed.Message.TrimEnd('.'));
        }
    }

    private static FileReading Failed(string problem) => new(null, problem, "! " + problem);
}
