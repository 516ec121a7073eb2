namespace BudgetProxy.Tests.Admin;

/// <summary>A data directory that a test starts more than one host on; deleted at its end.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("budgetproxy-admin-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
