using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary>Everything that is wrong with one call, by field, so that it can be put right in one go.</summary>
internal sealed class FieldErrors
{
    private readonly SortedDictionary<string, List<string>> _messages = new(StringComparer.Ordinal);

    public bool Any => _messages.Count > 0;

    /// <summary>Messages by field, in the order of the fields' names.</summary>
    public IEnumerable<KeyValuePair<string, List<string>>> All => _messages;

    /// <param name="field">Where it is: <c>limit.usd</c>, <c>allowedModels[2]</c>, or a query parameter's or path segment's name.</param>
    /// <param name="message">What would be right, in a sentence.</param>
    public void Add(string field, string message)
    {
        if (!_messages.TryGetValue(field, out var list))
            _messages[field] = list = [];
        list.Add(message);
    }

    /// <summary>400 with all messages under <c>errors</c> and the fields named in <c>detail</c>.</summary>
    public ProblemHttpResult ToProblem() => TypedResults.Problem(
        string.Join(" ", _messages.Select(field => $"{field.Key}: {string.Join(' ', field.Value)}")),
        statusCode: StatusCodes.Status400BadRequest,
        title: _messages.Count == 1 ? "One field is not valid." : $"{_messages.Count} fields are not valid.",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["errors"] = _messages.ToDictionary(field => field.Key, field => field.Value.ToArray(), StringComparer.Ordinal),
        });
}
