using System.Collections;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Doctor;

/// <summary>A proxy's settings as its environment has them: names in any case, <c>BudgetProxy__</c> before each.</summary>
internal sealed class Settings
{
    private const string Prefix = "BudgetProxy__";

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<string> Names => _values.Keys;

    public string? this[string name] => _values.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <param name="file">Lines of <c>NAME=value</c>, as Docker and systemd read them; the environment wins over it. Null = none.</param>
    /// <exception cref="CommandException">The file can't be read.</exception>
    public static Settings Read(string? file)
    {
        var settings = new Settings();
        try
        {
            foreach (var line in file is null ? [] : File.ReadAllLines(file))
                settings.Add(line.Trim());
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Misuse($"--env-file: '{file}' can't be read: {wrong.Message}");
        }

        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            settings.Add((string)variable.Key, (string?)variable.Value ?? "");
        return settings;
    }

    private void Add(string line)
    {
        if (line.Length > 0 && line[0] != '#' && line.Split('=', 2) is [var name, var value])
            Add(name.StartsWith("export ", StringComparison.Ordinal) ? name[7..].Trim() : name.Trim(), value.Trim().Trim('"', '\''));
    }

    private void Add(string name, string value)
    {
        if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            _values[name[Prefix.Length..]] = value;
    }
}
