using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Proxies;

/// <summary>Reads a key from a file or from standard input.</summary>
internal static class KeyFile
{
    /// <summary>Characters: what is longer is no key.</summary>
    private const int Most = 4_096;

    /// <param name="path"><c>-</c> = standard input.</param>
    /// <exception cref="CommandException">There is none.</exception>
    public static string Read(string path)
    {
        try
        {
            using var reader = path == "-" ? Console.In : File.OpenText(path);
            var buffer = new char[Most];
            var text = new string(buffer, 0, reader.ReadBlock(buffer, 0, Most)).Trim();
            return text.Length > 0 ? text : throw CommandException.Misuse($"--key-file: there is no key in '{path}'.");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Misuse($"--key-file: '{path}' can't be read: {wrong.Message}");
        }
    }
}
