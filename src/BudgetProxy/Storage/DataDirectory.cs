namespace BudgetProxy.Storage;

/// <summary>The folder of one process on its machine's disk.</summary>
internal static class DataDirectory
{
    /// <summary>
    /// Makes the directory where it does not exist, and holds it for this process until the result is disposed. The kernel drops the lock with the process,
    /// however it ends.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another process holds it.</exception>
    public static FileStream Lock(string directory)
    {
        CreatePrivately(directory);
        var path = Path.Combine(directory, "lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException(
                $"The data directory is in use: another BudgetProxy holds {path}. Stop it, or give this one a BudgetProxy__DataDirectory of its own.", e);
        }
    }

    /// <summary>For this user alone: the ledger says who spends what.</summary>
    private static void CreatePrivately(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
