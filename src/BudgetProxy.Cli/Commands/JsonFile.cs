using System.Text.Json;
using System.Text.Json.Nodes;

namespace BudgetProxy.Cli.Commands;

/// <summary>Reads a definition that was written as JSON.</summary>
internal static class JsonFile
{
    /// <param name="option">Whose file it is, for errors.</param>
    /// <param name="path"><c>-</c> = standard input.</param>
    /// <exception cref="CommandException">It can't be read, or is no JSON object.</exception>
    public static JsonObject Read(string option, string path)
    {
        try
        {
            var text = path == "-" ? Console.In.ReadToEnd() : File.ReadAllText(path);
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw CommandException.Misuse($"{option}: '{path}' is not a JSON object.");
        }
        catch (JsonException wrong)
        {
            throw CommandException.Misuse($"{option}: '{path}' is not JSON: {wrong.Message}");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Misuse($"{option}: '{path}' can't be read: {wrong.Message}");
        }
    }
}
