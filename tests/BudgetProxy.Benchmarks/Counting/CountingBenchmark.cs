using System.Diagnostics;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Benchmarks.Counting;

/// <summary>Counts each sample on one core and prints megabytes a second, beside a plain dictionary encoder, and how the time per byte holds at a hundred times the size.</summary>
internal static class CountingBenchmark
{
    private const int Small = 40_000;
    private const int Tiny = 4_000;
    private const int Middle = 400_000;
    private const int Large = 4_000_000;

    public static int Run()
    {
        var started = Stopwatch.GetTimestamp();
        var counter = TokenCounter.For(TokenEncoding.O200kBase);
        var loaded = Stopwatch.GetElapsedTime(started);
        var tokens = TokenList.Load();
        var samples = new SampleTexts(tokens);
        var plain = new DictionaryBpe(tokens);
        var middle = samples.All(Middle).ToList();
        var large = samples.All(Large).ToDictionary(sample => sample.Name, sample => sample.Text);

        Console.WriteLine($"o200k_base loaded in {loaded.TotalMilliseconds:F0} ms.");
        Console.WriteLine();
        Console.WriteLine("| text, 400 KB | MB/s | share of prose | time a byte, 4 MB at once over 100 times 40 KB | plain dictionary BPE on 4 KB, MB/s |");
        Console.WriteLine("|---|---|---|---|---|");
        // Warm-up: the compiler's last tier, for every kind of text.
        foreach (var (_, text) in middle) Nanoseconds(counter, text);
        var prose = 0.0;
        foreach (var (name, text) in middle)
        {
            var perByte = Nanoseconds(counter, text);
            if (prose == 0) prose = perByte;
            var growth = Nanoseconds(counter, large[name]) / Nanoseconds(counter, large[name], Small);
            Console.WriteLine($"| {name} | {1000 / perByte:F0} | {prose / perByte:F2} | {growth:F2} | {Plain(plain, counter, text[..Tiny])} |");
        }

        return 0;
    }

    /// <summary>The best of many passes, per byte; each pass counts the whole text in calls of at most <paramref name="step"/> bytes.</summary>
    private static double Nanoseconds(TokenCounter counter, byte[] text, int step = int.MaxValue)
    {
        var best = TimeSpan.MaxValue;
        var begun = Stopwatch.GetTimestamp();
        for (var pass = 0; pass < 5 || Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(0.5); pass++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var at = 0; at < text.Length;)
            {
                var length = Math.Min(step, text.Length - at);
                counter.Count(text.AsSpan(at, length));
                at += length;
            }

            var taken = Stopwatch.GetElapsedTime(start);
            if (taken < best) best = taken;
        }

        return best.TotalNanoseconds / text.Length;
    }

    /// <summary>On little text, since it is quadratic on some; the counts must agree.</summary>
    private static string Plain(DictionaryBpe plain, TokenCounter counter, byte[] text)
    {
        plain.Count(text[..(text.Length / 10)]);
        var start = Stopwatch.GetTimestamp();
        var count = plain.Count(text);
        var taken = Stopwatch.GetElapsedTime(start);
        if (count != counter.Count(text)) throw new InvalidOperationException("The counts differ.");
        return (1000 * text.Length / taken.TotalNanoseconds).ToString("F2");
    }
}
