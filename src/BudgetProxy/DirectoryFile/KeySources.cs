using BudgetProxy.Admin;
using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>Reads which key an entry means: by its SHA-256, by the name of an environment variable that holds it, or, warned about, in full.</summary>
internal sealed class KeySources
{
    /// <summary>The environment is not this process's to tell: a file that comes through the API names hashes.</summary>
    public static readonly KeySources WithoutEnvironment = new(null);

    /// <summary>Variables of this process.</summary>
    public static readonly KeySources OfProcess = new(Environment.GetEnvironmentVariable);

    private const int ShownChars = 8;

    private readonly Func<string, string?>? _variable;

    /// <param name="variable">The value of an environment variable, null where it is not set; null = such keys are refused.</param>
    public KeySources(Func<string, string?>? variable) => _variable = variable;

    /// <summary>Takes the fields <c>sha256</c>, <c>env</c>, <c>key</c> and <c>prefix</c>, and notes what is wrong with them.</summary>
    /// <returns>Null where they are at fault.</returns>
    public (KeyHash Hash, string Prefix)? Read(FieldReader fields, Action<string> warn)
    {
        string[] names = ["sha256", "env", "key"];
        var given = names.Count(fields.Has);
        var (sha256, variable, key, prefix) = (fields.Text("sha256"), fields.Text("env"), fields.Text("key"), fields.Text("prefix", KeySecret.VirtualKind.Length + ShownChars));
        if (given != 1)
        {
            fields.Fail("sha256", "Say which key it is by exactly one of sha256, env and key: the hex SHA-256 of the key, the environment variable that holds it, or the key itself.");
            return null;
        }

        if (sha256 is not null)
        {
            if (sha256.Length == 2 * KeyHash.Size && sha256.All(char.IsAsciiHexDigit))
                return (new KeyHash(Convert.FromHexString(sha256)), prefix ?? "");
            fields.Fail("sha256", "Must be the 64 hexadecimal digits of the key's SHA-256: printf %s \"$KEY\" | sha256sum.");
            return null;
        }

        if (key is not null)
        {
            warn("The key itself stands in the file, where everyone who may read it may spend. Better give its sha256, or the env variable that holds it.");
            return Of(fields, "key", key);
        }

        return variable is null ? null : Of(fields, "env", ValueOf(fields, variable));
    }

    private string? ValueOf(FieldReader fields, string variable)
    {
        if (_variable is null)
            fields.Fail("env", "A variable is read only where the file is: by BudgetProxy__DirectoryFile on the proxy, or by `budgetproxy apply`. Here, give sha256.");
        else if (_variable(variable) is { Length: > 0 } value)
            return value.Trim();
        else
            fields.Fail("env", $"The environment variable {variable} is not set.");
        return null;
    }

    private static (KeyHash Hash, string Prefix)? Of(FieldReader fields, string field, string? key)
    {
        if (key is null)
            return null;
        if (IsKey(key))
            return (KeyHash.Of(key), key[..(KeySecret.VirtualKind.Length + ShownChars)]);
        fields.Fail(field, $"A key is {KeySecret.VirtualKind} and 40 to 200 random letters, digits, '-' or '_', such as bp_$(openssl rand -hex 24).");
        return null;
    }

    /// <summary>Long enough that nobody guesses it, and of characters that stand in any header.</summary>
    private static bool IsKey(string key) =>
        key.StartsWith(KeySecret.VirtualKind, StringComparison.Ordinal)
        && key.Length - KeySecret.VirtualKind.Length is >= 40 and <= 200
        && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
}
