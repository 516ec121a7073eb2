using System.Globalization;
using BudgetProxy.Cli.Commands;

namespace BudgetProxy.Cli.Proxies;

/// <summary>A path below <c>/admin/v1/</c> with its query, both escaped.</summary>
internal sealed class AdminQuery
{
    private readonly string _path;
    private readonly List<string> _query = [];

    private AdminQuery(string path) => _path = path;

    /// <summary>A path of these segments.</summary>
    /// <exception cref="CommandException">A segment would make another path of it.</exception>
    public static string Path(params ReadOnlySpan<string> segments)
    {
        var escaped = new List<string>();
        foreach (var segment in segments)
        {
            // These three vanish from a path, and what they stand in would be about something else: all tenants in place of one.
            if (segment is "" or "." or "..")
                throw CommandException.Misuse(segment.Length == 0 ? "A name must not be empty." : $"'{segment}' is no name.");
            escaped.Add(Uri.EscapeDataString(segment));
        }

        return string.Join('/', escaped);
    }

    public static AdminQuery Of(params ReadOnlySpan<string> segments) => new(Path(segments));

    /// <summary>Adds a parameter; null = none.</summary>
    public AdminQuery With(string name, string? value)
    {
        if (value is not null)
            _query.Add($"{name}={Uri.EscapeDataString(value)}");
        return this;
    }

    public AdminQuery With(string name, long value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    public AdminQuery With(string name, bool value) => value ? With(name, "true") : this;

    /// <summary>The same with these beside it.</summary>
    public AdminQuery Page(long limit, string? after)
    {
        var page = new AdminQuery(_path);
        page._query.AddRange(_query);
        return page.With("limit", limit).With("after", after);
    }

    public override string ToString() => _query.Count == 0 ? _path : $"{_path}?{string.Join('&', _query)}";
}
