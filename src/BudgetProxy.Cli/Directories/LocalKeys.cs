using System.Security.Cryptography;
using System.Text;
using BudgetProxy.Cli.Commands;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace BudgetProxy.Cli.Directories;

/// <summary>Puts the SHA-256 in the place of keys that a file names by an environment variable or in plain text: a key does not leave this machine.</summary>
internal sealed class LocalKeys
{
    private readonly List<(int Start, int End, string Text)> _changes = [];
    private readonly List<string> _errors = [];
    private readonly string _file;

    private LocalKeys(string file) => _file = file;

    /// <summary>The file's text with hashes.</summary>
    /// <exception cref="CommandException">It is no YAML, a variable is not set, or a key is none.</exception>
    public static string Hide(string yaml, string file)
    {
        var keys = new LocalKeys(file);
        var scanner = new Scanner(new StringReader(yaml), skipComments: true);
        try
        {
            keys.Walk(new Parser(scanner));
        }
        catch (Exception wrong) when (wrong is YamlException or InvalidOperationException)
        {
            // The scanner gives up on some faults with the second, which knows neither place nor reason.
            var fault = wrong as YamlException ?? new YamlException(scanner.CurrentPosition, scanner.CurrentPosition, "It can't be read from here on");
            // Behind the fault keys may stand that are not found, so the proxy is not asked what it thinks of the file. Some faults name where the thing began that
            // could not be read; that is further back than an editor's eye should go.
            keys.Error(fault.End.Index > fault.Start.Index ? fault.End : scanner.CurrentPosition, $"This is no YAML: {fault.Message.TrimEnd('.')}.");
        }

        if (keys._errors.Count > 0)
            throw new CommandException($"{string.Join('\n', keys._errors)}\nNothing was sent.");
        var text = new StringBuilder(yaml);
        foreach (var (start, end, replacement) in Enumerable.Reverse(keys._changes))
            text.Remove(start, end - start).Insert(start, replacement);
        return text.ToString();
    }

    /// <summary>Follows the path of names; at <c>tenants.*.keys.*</c> stand the keys.</summary>
    private void Walk(Parser parser)
    {
        var path = new List<string?>();
        Scalar? name = null;
        var open = new Stack<bool>();
        while (parser.MoveNext())
        {
            // A key could stand at the anchor, under any name.
            if (parser.Current is NodeEvent { Anchor.IsEmpty: false } node)
                Error(node.Start, $"'&{node.Anchor.Value}' is an anchor, and those are not taken: write out what is meant in each place.");
            switch (parser.Current)
            {
                case MappingStart or SequenceStart:
                    path.Add(name?.Value);
                    open.Push(parser.Current is MappingStart);
                    name = null;
                    break;
                case MappingEnd or SequenceEnd:
                    path.RemoveAt(path.Count - 1);
                    open.Pop();
                    name = null;
                    break;
                case Scalar scalar when open.TryPeek(out var isMap) && isMap && name is null:
                    name = scalar;
                    break;
                case Scalar scalar:
                    if (name is not null && path is [_, "tenants", _, "keys", _])
                        Take(name, scalar);
                    name = null;
                    break;
                case AnchorAlias:
                    name = null;
                    break;
            }
        }
    }

    private void Take(Scalar name, Scalar value)
    {
        var key = value.Value;
        if (name.Value == "env")
        {
            key = Environment.GetEnvironmentVariable(value.Value)?.Trim();
            if (string.IsNullOrEmpty(key))
            {
                Error(value.Start, $"The environment variable {value.Value} is not set.");
                return;
            }
        }
        else if (name.Value != "key")
        {
            return;
        }

        if (!IsKey(key))
        {
            Error(value.Start, $"{(name.Value == "env" ? $"The value of {value.Value}" : "This")} is no key: a key is bp_ and 40 to 200 random letters, digits, '-' or '_', such as bp_$(openssl rand -hex 24).");
            return;
        }

        // In quotes, since in JSON the value may follow its colon at once; and a block's text takes in the end of its last line.
        var lineEnd = value.Style is ScalarStyle.Folded or ScalarStyle.Literal ? "\n" : "";
        _changes.Add(((int)name.Start.Index, (int)name.End.Index, "\"sha256\""));
        _changes.Add(((int)value.Start.Index, (int)value.End.Index, $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}\"{lineEnd}"));
    }

    private void Error(Mark at, string message) => _errors.Add($"{_file}:{Math.Max(1, at.Line)}:{Math.Max(1, at.Column)}: {message}");

    private static bool IsKey(string key) =>
        key.StartsWith("bp_", StringComparison.Ordinal) && key.Length is >= 43 and <= 203 && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
