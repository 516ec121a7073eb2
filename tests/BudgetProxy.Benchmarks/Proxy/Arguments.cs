namespace BudgetProxy.Benchmarks.Proxy;

/// <summary><c>--name value</c> and <c>--flag</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public static Arguments Parse(string[] args)
    {
        var parsed = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                throw new ArgumentException($"'{args[i]}' is not an option.", nameof(args));
            var hasValue = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
            parsed._values[args[i][2..]] = hasValue ? args[i + 1] : "true";
            i += hasValue ? 1 : 0;
        }

        return parsed;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string Text(string name, string fallback) => _values.GetValueOrDefault(name, fallback);

    public int Number(string name, int fallback) => _values.TryGetValue(name, out var text) ? int.Parse(text) : fallback;

    /// <summary>Numbers with commas between them.</summary>
    public IReadOnlyList<int> Numbers(string name) => [.. Text(name, "").Split(',').Select(int.Parse)];
}
