using System.Runtime.CompilerServices;

namespace BudgetProxy.Rates.Import;

/// <summary>LiteLLM's <c>model_prices_and_context_window.json</c>: one object with a member for each model.</summary>
internal static class LiteLlmFile
{
    public static async IAsyncEnumerable<ImportedModel> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var members = new JsonMembers(stream);
        while (await members.ReadAsync(cancellationToken))
            yield return LiteLlmModel.Read(members.Line, members.Name, members.Value);
    }
}
