using System.Text.RegularExpressions;
using BudgetProxy.Tests.Conventions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace BudgetProxy.Tests.Hosting;

/// <summary>The <c>docker-compose.yml</c> at the root, its variables put in as Compose does.</summary>
internal sealed partial class ComposeFile
{
    private readonly Dictionary<object, object> _root;

    private ComposeFile(Dictionary<object, object> root) => _root = root;

    public static string FilePath => Path.Combine(SourceTree.Root, "docker-compose.yml");

    /// <exception cref="YamlException">It is no YAML.</exception>
    /// <exception cref="KeyNotFoundException">A required variable has no value; the message is what the file says of it.</exception>
    public static ComposeFile Read(IReadOnlyDictionary<string, string> variables)
    {
        var text = Variable().Replace(File.ReadAllText(FilePath), match =>
        {
            if (variables.TryGetValue(match.Groups["name"].Value, out var value))
                return value;
            return match.Groups["kind"].Value == "?"
                ? throw new KeyNotFoundException($"{match.Groups["name"].Value}: {match.Groups["text"].Value}")
                : match.Groups["text"].Value;
        });
        var parser = new MergingParser(new Parser(new StringReader(text)));
        return new ComposeFile(new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(parser));
    }

    public IEnumerable<string> Services => Map(_root["services"]).Keys.Cast<string>();

    public Dictionary<object, object> Service(string name) => Map(Map(_root["services"])[name]);

    /// <summary>The content of an inline config.</summary>
    public string Config(string name) => (string)Map(Map(_root["configs"])[name])["content"];

    /// <summary>The proxies' environment as configuration reads it.</summary>
    public Dictionary<string, string?> Settings(string service) => Map(Service(service)["environment"])
        .ToDictionary(pair => ((string)pair.Key).Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value);

    public static Dictionary<object, object> Map(object node) => (Dictionary<object, object>)node;

    public static List<string> List(object node) => [.. ((List<object>)node).Cast<string>()];

    [GeneratedRegex(@"\$\{(?<name>\w+)(?::(?<kind>[?-])(?<text>[^}]*))?\}")]
    private static partial Regex Variable();
}
