using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Rates.Import;

namespace BudgetProxy.Invoices;

/// <summary>
/// Reads a provider's file of costs record by record and adds it up by day and item: what is in memory grows with those, not with the file. Columns are found by
/// name, in any order and case; those that nobody needs are passed over. The first thing that is not understood refuses the whole.
/// </summary>
internal static class InvoiceReader
{
    /// <summary>Providers whose files are known.</summary>
    public static readonly Provider[] Providers = [Provider.OpenAi, Provider.Anthropic];

    /// <summary>Lines of one file at most, by day and item: a year of a hundred models.</summary>
    public const int MostLines = 50_000;

    /// <summary>USD of one file at most, all amounts taken without their sign: what a nano-dollar sum of 64 bits holds, twice over.</summary>
    private const decimal MostUsd = 4_000_000_000m;

    /// <summary>Nano-dollars of a dollar.</summary>
    private const decimal PerUsd = 1_000_000_000m;

    /// <exception cref="ImportRefusedException">It can't be read; the message says where and what.</exception>
    public static async Task<InvoiceFile> ReadAsync(Provider provider, Stream body, CancellationToken cancellationToken)
    {
        using var text = CsvRecords.TextOf(body);
        var records = new CsvRecords(text);
        Dictionary<string, int>? columns = null;
        var sums = new SortedDictionary<(DateOnly Day, string Item), decimal>(Comparer<(DateOnly Day, string Item)>.Create(Compare));
        DateOnly? first = null, last = null;
        var (rows, sum) = (0L, 0m);
        while (await records.ReadAsync(cancellationToken))
        {
            if (records.Malformed)
                throw Refused(records.Line, "a quote stands where none may");
            if (columns is null)
            {
                columns = ColumnsOf(records.Fields, provider);
                continue;
            }

            if (records.Fields.Length != columns.Count)
                throw Refused(records.Line, $"it has {records.Fields.Length} fields, and the header has {columns.Count}");
            var record = new InvoiceRecord(columns, records.Fields, records.Line);
            var row = provider == Provider.OpenAi ? OpenAiCosts.Read(record) : AnthropicCosts.Read(record);
            first = first is null || row.Day < first ? row.Day : first;
            last = last is null || row.Day > last ? row.Day : last;
            if (row.Usd is not { } usd)
                continue;
            rows++;
            sum += Math.Abs(usd);
            if (sum > MostUsd)
                throw Refused(records.Line, $"the file comes to more than {MostUsd:0} USD");
            sums[(row.Day, row.Item)] = sums.GetValueOrDefault((row.Day, row.Item)) + usd;
            if (sums.Count > MostLines)
                throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"The file has more than {MostLines} lines by day and item; import shorter periods.");
        }

        if (columns is null)
            throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"The file is empty. {HintOf(provider)}");
        if (first is null)
            throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"The file has a header and no row. {HintOf(provider)}");
        return new InvoiceFile(first.Value, last!.Value, rows, [.. sums.Select(line => new InvoiceLine(line.Key.Day, line.Key.Item, Rounded(line.Value)))]);
    }

    private static Dictionary<string, int> ColumnsOf(string[] header, Provider provider)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < header.Length; i++)
        {
            if (!columns.TryAdd(header[i].Trim().ToLowerInvariant(), i))
                throw Refused(1, $"the column '{header[i]}' is there twice");
        }

        var (needed, ofUsage) = provider == Provider.OpenAi ? (OpenAiCosts.Needed, OpenAiCosts.OfUsage) : (AnthropicCosts.Needed, AnthropicCosts.OfUsage);
        var missing = needed.Where(name => !columns.ContainsKey(name)).ToList();
        if (missing.Count > 0 && ofUsage.Any(columns.ContainsKey))
            throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"This is an export of usage: it has tokens and no costs. {HintOf(provider)}");
        if (provider == Provider.OpenAi && !columns.ContainsKey("start_time") && !columns.ContainsKey("start_time_iso"))
            missing.Add("start_time");
        return missing.Count == 0
            ? columns
            : throw new ImportRefusedException(
                StatusCodes.Status400BadRequest, $"Line 1: there is no column {string.Join(", ", missing)}, which a file of costs of {provider.Name()} has. {HintOf(provider)}");
    }

    private static string HintOf(Provider provider) => provider == Provider.OpenAi ? OpenAiCosts.Hint : AnthropicCosts.Hint;

    private static ImportRefusedException Refused(int line, string problem) =>
        new(StatusCodes.Status400BadRequest, $"Line {line}: {problem}. Nothing was imported.");

    /// <summary>Once for each line, half-even: providers write more decimals than a nano-dollar has.</summary>
    private static NanoUsd Rounded(decimal usd) => new((long)decimal.Round(usd * PerUsd, MidpointRounding.ToEven));

    private static int Compare((DateOnly Day, string Item) one, (DateOnly Day, string Item) other) =>
        one.Day != other.Day ? one.Day.CompareTo(other.Day) : string.CompareOrdinal(one.Item, other.Item);
}
