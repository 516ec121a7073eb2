namespace BudgetProxy.DirectoryFile;

/// <summary>The JSON schema of directory files, for editors and pipelines.</summary>
internal static class DirectorySchema
{
    /// <summary>UTF-8.</summary>
    public static readonly byte[] Utf8 = Read();

    private static byte[] Read()
    {
        using var resource = typeof(DirectorySchema).Assembly.GetManifestResourceStream("directory.schema.json")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
