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

    /// <summary>The file's text with hashes. What is no YAML stays as it is, for the proxy to say what is wrong with it.</summary>
    /// <exception cref="CommandException">A variable is not set, or a key is none.</exception>
    public static string Hide(string yaml, string file)
    {
        var keys = new LocalKeys(file);
        try
        {
            keys.Walk(new Parser(new Scanner(new StringReader(yaml), skipComments: true)));
        }
        catch (YamlException)
        {
            return yaml;
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
                Error(value, $"The environment variable {value.Value} is not set.");
                return;
            }
        }
        else if (name.Value != "key")
        {
            return;
        }

        if (!IsKey(key))
        {
            Error(value, $"{(name.Value == "env" ? $"The value of {value.Value}" : "This")} is no key: a key is bp_ and 40 to 200 random letters, digits, '-' or '_', such as bp_$(openssl rand -hex 24).");
            return;
        }

        // In quotes, since in JSON the value may follow its colon at once; and a block's text takes in the end of its last line.
        var lineEnd = value.Style is ScalarStyle.Folded or ScalarStyle.Literal ? "\n" : "";
        _changes.Add(((int)name.Start.Index, (int)name.End.Index, "\"sha256\""));
        _changes.Add(((int)value.Start.Index, (int)value.End.Index, $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}\"{lineEnd}"));
    }

    private void Error(Scalar at, string message) => _errors.Add($"{_file}:{at.Start.Line}:{at.Start.Column}: {message}");

    private static bool IsKey(string key) =>
        key.StartsWith("bp_", StringComparison.Ordinal) && key.Length is >= 43 and <= 203 && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
