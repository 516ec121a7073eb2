using System.CommandLine;
using System.Text.Json.Nodes;

namespace BudgetProxy.Cli.Commands;

/// <summary>One option that sets a field.</summary>
/// <param name="Field">As the API names it in errors.</param>
/// <param name="Read">Its value; null takes the field away.</param>
internal sealed record FieldOption(Option Option, string Field, Func<ParseResult, JsonNode?> Read, Action<JsonObject, JsonNode?> Write);
