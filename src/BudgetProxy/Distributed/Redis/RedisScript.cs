using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// One of the scripts under <c>Scripts/</c>, each an interface between processes: its header states keys, arguments and answers. A change that an
/// older proxy could not live with beside it gets a new file, and a generation of its own keys.
/// </summary>
internal sealed class RedisScript
{
    private const string Folder = "scripts/";

    /// <summary>Scripts of the counters: they check the shard's stamp and are called by hash alone; a server that does not know them is looked at first.</summary>
    public static readonly RedisScript Reserve = Counters("reserve");

    public static readonly RedisScript Settle = Counters("settle");
    public static readonly RedisScript Part = Counters("part");
    public static readonly RedisScript Expire = Counters("expire");
    public static readonly RedisScript Append = Counters("append");
    public static readonly RedisScript Read = Counters("read");
    public static readonly RedisScript Lock = Counters("lock");
    public static readonly RedisScript Count = Counters("count");
    public static readonly RedisScript Forget = Counters("forget");

    public static readonly RedisScript Recover = Alone("recover");
    public static readonly RedisScript Standing = Alone("standing");
    public static readonly RedisScript Fence = Alone("fence");
    public static readonly RedisScript Drain = Alone("drain");
    public static readonly RedisScript Drained = Alone("drained");

    public static readonly IReadOnlyList<RedisScript> OfCounters = [Reserve, Settle, Part, Expire, Append, Read, Lock, Count, Forget];

    private readonly string _flags;
    private readonly string _body;

    private RedisScript(string name, string flags, string body)
    {
        Name = name;
        _flags = flags;
        _body = body;
        Flagged = Form(flags + "\n" + body);
        Plain = Form(body);
    }

    public string Name { get; }

    /// <summary>As Redis 7 takes it, with the line that says whether it may run when memory is full.</summary>
    public (string Text, byte[] Sha1) Flagged { get; }

    /// <summary>As Redis 6.2 takes it, which knows no such line.</summary>
    public (string Text, byte[] Sha1) Plain { get; }

    private static RedisScript Counters(string name)
    {
        var (flags, body) = Split(Load(name));
        return new RedisScript(name, flags, Load("common") + body);
    }

    private static RedisScript Alone(string name)
    {
        var (flags, body) = Split(Load(name));
        return new RedisScript(name, flags, body);
    }

    private static (string Flags, string Body) Split(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return (text[..end], text[(end + 1)..]);
    }

    // Redis names scripts by their SHA-1: this is no matter of security.
#pragma warning disable CA5350
    private static (string Text, byte[] Sha1) Form(string text) => (text, SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350

    private static string Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Folder}{name}.lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not in the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
