namespace BudgetProxy.Hosting;

/// <summary>The proxy can't start as it is configured. Thrown once, at start, with everything that is wrong.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> errors) : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors => errors;
}
