using System.Diagnostics;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Benchmarks.Counting;

/// <summary>
/// Counts each sample on one core and prints megabytes a second, beside the npm packages and a plain dictionary encoder, how the time per byte holds at a hundred times
/// the size, and what a call allocates.
/// </summary>
internal static class CountingBenchmark
{
    private const int Small = 40_000;
    private const int Tiny = 4_000;
    private const int Middle = 400_000;
    private const int Large = 4_000_000;

    public static int Run()
    {
        LoadMeasure.RunApart();
        Console.WriteLine();
        var counter = TokenCounter.For(TokenEncoding.O200kBase);
        var tokens = TokenList.Load();
        var samples = new SampleTexts(tokens);
        var plain = new DictionaryBpe(tokens);
        var middle = samples.All(Middle).ToList();
        var large = samples.All(Large).ToDictionary(sample => sample.Name, sample => sample.Text);
        using var npm = NpmCounters.Install();

        Console.WriteLine("| text, 400 KB | MB/s | B a call | ÷ npm tiktoken | ÷ npm gpt-tokenizer | ÷ plain dictionary BPE | time a byte, 4 MB at once over 100 times 40 KB |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        // Warm-up: the compiler's last tier, for every kind of text.
        foreach (var (_, text) in middle) Nanoseconds(counter, text);
        foreach (var (name, text) in middle)
        {
            var perByte = Nanoseconds(counter, text);
            var growth = Nanoseconds(counter, large[name]) / Nanoseconds(counter, large[name], Small);
            // Merging step by step takes the square of a long piece: on texts that are one, the others are given a hundredth.
            var given = SampleTexts.IsHostile(name) ? text[..Whole(text, Tiny)] : text;
            var ours = given.Length == text.Length ? perByte : Nanoseconds(counter, given);
            var (tiktoken, gpt) = npm?.Measure(given, counter.Count(given)) ?? (double.NaN, double.NaN);
            Console.WriteLine(FormattableString.Invariant(
                $"| {name} | {1000 / perByte:F0} | {Allocated(counter, text)} | {tiktoken / ours:F0} | {gpt / ours:F0} | {Plain(plain, counter, given) / ours:F0} | {growth:F2} |"));
        }

        return 0;
    }

    private static int Whole(byte[] text, int length)
    {
        while ((text[length] & 0xC0) == 0x80) length--;
        return length;
    }

    private static long Allocated(TokenCounter counter, byte[] text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        counter.Count(text);
        return GC.GetAllocatedBytesForCurrentThread() - before;
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

    /// <summary>Nanoseconds a byte; the counts must agree.</summary>
    private static double Plain(DictionaryBpe plain, TokenCounter counter, byte[] text)
    {
        plain.Count(text[..Whole(text, text.Length / 10)]);
        var start = Stopwatch.GetTimestamp();
        var count = plain.Count(text);
        var taken = Stopwatch.GetElapsedTime(start);
        if (count != counter.Count(text)) throw new InvalidOperationException("The counts differ.");
        return taken.TotalNanoseconds / text.Length;
    }
}
