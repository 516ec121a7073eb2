using System.Collections.Immutable;
using System.Text;
using BudgetProxy.Audit;
using BudgetProxy.DirectoryFile;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary>Reads directory files as the proxy does.</summary>
internal static class FileText
{
    public static WantedDirectory Read(string yaml, out FileErrors errors, KeySources? sources = null)
    {
        errors = new FileErrors();
        return DirectoryFileReader.Read(Encoding.UTF8.GetBytes(yaml), sources ?? KeySources.WithoutEnvironment, errors);
    }

    public static PlanningContext Context(bool prune) => new(prune, ImmutableDictionary<string, string>.Empty, AuditActor.DirectoryFile, DateTimeOffset.UnixEpoch, () => "key_new");

    /// <summary>The errors of a file that has some, each as one line.</summary>
    public static List<string> ErrorsOf(string yaml, KeySources? sources = null)
    {
        Read(yaml, out var errors, sources);
        return [.. errors.Errors.Select(error => error.ToString())];
    }
}
