namespace BudgetProxy.Rates.Import;

/// <summary>The file as a whole can't be read.</summary>
/// <param name="status">What to answer: 400 or 413.</param>
internal sealed class ImportRefusedException(int status, string message) : Exception(message)
{
    public int Status => status;
}
