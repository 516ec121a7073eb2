using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Core.Rates;

namespace BudgetProxy.Cli.Estimates;

/// <summary>Reads a rate card from a file.</summary>
internal static class RateFile
{
    /// <exception cref="CommandException">It can't be read, is no rate card, or has no row.</exception>
    public static RateCard Read(string path)
    {
        try
        {
            var card = RateCard.Read(File.ReadAllBytes(path));
            if (card.Rates.Count == 0)
                throw new CommandException($"--rates: '{path}' has no rates.");
            return card.Version.Length > 0 ? card : throw new CommandException($"--rates: '{path}' has no 'compiled': the day by which its prices are known.");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--rates: '{path}' can't be read: {wrong.Message}");
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new CommandException($"--rates: '{path}' is not a rate card: {wrong.Message}");
        }
    }
}
