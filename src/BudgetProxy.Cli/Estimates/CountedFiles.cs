using BudgetProxy.Cli.Commands;
using BudgetProxy.Core.Rates.Calculator;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Cli.Estimates;

/// <summary>Texts on disk, each of them one request, counted once for each tokenizer. Only the counts are kept.</summary>
internal sealed class CountedFiles
{
    /// <summary>Bytes of one file at most: far above any model's window.</summary>
    private const long MaxBytes = 256L << 20;

    private readonly IReadOnlyList<string> _paths;
    private readonly Dictionary<TokenEncoding, List<long>> _counts = [];

    private CountedFiles(IReadOnlyList<string> paths) => _paths = paths;

    public int Count => _paths.Count;

    /// <summary>The files that the patterns name, each once, in the order of their paths.</summary>
    /// <exception cref="CommandException">A pattern names none, or a folder can't be read.</exception>
    public static CountedFiles Read(IReadOnlyList<string> patterns)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            var found = Find(pattern);
            if (found.Count == 0)
                throw new CommandException($"--file: there is no file '{pattern}'.");
            paths.UnionWith(found);
        }

        return new CountedFiles([.. paths]);
    }

    /// <summary>So many requests, spread evenly over the files; what does not come out even falls to the first ones.</summary>
    /// <param name="requests">At least <see cref="Count"/>.</param>
    /// <param name="more">Tokens that each request has beside its file.</param>
    /// <exception cref="CommandException">A file can't be read, or is no text.</exception>
    public IReadOnlyList<InputGroup> Groups(ModelProfile profile, long requests, long more)
    {
        var tokens = TokensOf(profile.Encoding);
        var groups = new List<InputGroup>(Count);
        for (var i = 0; i < Count; i++)
        {
            var share = (requests / Count) + (i < requests % Count ? 1 : 0);
            var count = profile.BestGuess(tokens[i]) + more;
            // Neighbours alike are one group, so that a proxy is told less.
            if (groups.Count > 0 && groups[^1].Tokens == count)
                groups[^1] = groups[^1] with { Requests = groups[^1].Requests + share };
            else
                groups.Add(new InputGroup(share, count));
        }

        return groups;
    }

    private static IReadOnlyList<string> Find(string pattern)
    {
        try
        {
            return FilePattern.Find(pattern);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            // What can't be looked into might have had files in it: an estimate without them would be too low.
            throw new CommandException($"--file: '{pattern}' can't be looked for: {wrong.Message}");
        }
    }

    private List<long> TokensOf(TokenEncoding encoding)
    {
        if (_counts.TryGetValue(encoding, out var known))
            return known;
        var counter = TokenCounter.For(encoding);
        return _counts[encoding] = [.. _paths.Select(path => (long)counter.Count(TextOf(path)))];
    }

    private static ReadOnlySpan<byte> TextOf(string path)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new CommandException($"--file: '{path}' is larger than {MaxBytes >> 20} MiB; no model takes that in one request.");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--file: '{path}' can't be read: {wrong.Message}");
        }

        if (bytes.AsSpan().Contains((byte)0))
            throw new CommandException($"--file: '{path}' is not UTF-8 text. Convert it first: a model is sent its text, and that is what is counted.");
        ReadOnlySpan<byte> text = bytes;
        return text.StartsWith("\uFEFF"u8) ? text[3..] : text;
    }
}
