using System.Runtime.CompilerServices;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Rates.Import;

/// <summary>
/// Rates as CSV: one line for a model's prices of one tier, several lines a model where it has several. Columns by name, in any order; only <c>provider</c>
/// and <c>model</c> must be there. A column that is not known is refused, so that no price is lost to a typo.
/// </summary>
internal static class CsvFileOfRates
{
    public const string Source = "import: CSV";

    private const int MostTokens = 100_000_000;

    private static readonly (string Column, ChargeKind Kind)[] Prices =
    [
        ("input", ChargeKind.Input), ("cachedInput", ChargeKind.CachedInput), ("cacheWriteShort", ChargeKind.CacheWriteShort),
        ("cacheWriteLong", ChargeKind.CacheWriteLong), ("output", ChargeKind.Output), ("audioInput", ChargeKind.AudioInput),
        ("audioOutput", ChargeKind.AudioOutput), ("imageInput", ChargeKind.ImageInput), ("imageOutput", ChargeKind.ImageOutput),
    ];

    private static readonly string[] Others =
        ["provider", "model", "tier", "aboveTokens", "toolCallUsd", "requestUsd", "regionalMultiplier", "aliases", "maxInput", "maxOutput"];

    /// <summary>All columns that there may be.</summary>
    public static IEnumerable<string> Columns => Others.Concat(Prices.Select(price => price.Column));

    public static async IAsyncEnumerable<ImportedModel> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = CsvRecords.TextOf(stream);
        var records = new CsvRecords(text);
        string[]? header = null;
        var models = new Dictionary<(string Provider, string Model), ImportedModel>();
        while (await records.ReadAsync(cancellationToken))
        {
            if (header is null)
            {
                header = Header(records.Fields);
                continue;
            }

            if (models.Count >= ImportPlanner.MostModels)
                throw ImportPlanner.TooMany();
            var line = new CsvLine(header, records.Fields, records.Line);
            var model = ModelOf(line, models);
            if (records.Malformed)
                model.Problem ??= $"line {records.Line}: a quote stands where none may.";
            else if (records.Fields.Length != header.Length)
                model.Problem ??= $"line {records.Line} has {records.Fields.Length} fields; the header has {header.Length}.";
            else if (model.Problem is null && model.Skipped is null)
                Fill(model, line);
        }

        if (header is null)
            throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"The file is empty. Its first line names the columns: {string.Join(",", Columns)}.");
        foreach (var model in models.Values)
            yield return model;
    }

    private static string[] Header(string[] names)
    {
        var unknown = names.Except(Columns, StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            throw new ImportRefusedException(
                StatusCodes.Status400BadRequest, $"Line 1: there is no column {string.Join(", ", unknown)}. The columns are: {string.Join(", ", Columns)}.");
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length || !names.Contains("provider") || !names.Contains("model"))
            throw new ImportRefusedException(StatusCodes.Status400BadRequest, "Line 1: provider and model must be columns, and each column must be there once.");
        return names;
    }

    private static ImportedModel ModelOf(CsvLine line, Dictionary<(string Provider, string Model), ImportedModel> models)
    {
        var key = (line["provider"] ?? "", line["model"] ?? "");
        if (models.TryGetValue(key, out var model))
            return model;
        model = new ImportedModel { Line = line.Number, Name = $"{key.Item1}/{key.Item2}", Source = Source, Model = key.Item2 };
        models.Add(key, model);
        if (key.Item1.Length == 0 || key.Item2.Length == 0)
            model.Problem = "provider and model must be given.";
        else if (ProviderNames.TryParse(key.Item1, out var provider))
            model.Provider = provider;
        else
            model.Skipped = $"provider {key.Item1} is not served";
        return model;
    }

    private static void Fill(ImportedModel model, CsvLine line)
    {
        if (TierOf(line["tier"]) is not { } tier)
        {
            model.Problem = $"line {line.Number}: tier: must be standard, batch, flex or fast, not {line["tier"]}.";
            return;
        }

        var above = line.Whole("aboveTokens", 1, MostTokens, model);
        if (above is not null && model.Threshold is { } other && other != above)
            model.Problem = "aboveTokens: a row has one threshold of long context.";
        model.Threshold = above ?? model.Threshold;
        foreach (var (column, kind) in Prices)
        {
            if (line.Usd(column, model) is not { } price)
                continue;
            if (!model.Prices.TryAdd(new PriceKey(tier, above is not null, kind), price))
                model.Problem = $"line {line.Number}: {column} of this tier was given on another line.";
        }

        model.ToolCall = line.Usd("toolCallUsd", model) ?? model.ToolCall;
        model.RequestFee = line.Usd("requestUsd", model) ?? model.RequestFee;
        model.MaxInput = line.Whole("maxInput", 0, MostTokens, model) ?? model.MaxInput;
        model.MaxOutput = line.Whole("maxOutput", 0, MostTokens, model) ?? model.MaxOutput;
        if (line["aliases"] is { } aliases)
            model.Aliases = aliases.Split([' ', ';'], StringSplitOptions.RemoveEmptyEntries);
        if (line["regionalMultiplier"] is { } multiplier)
            model.RegionalPercent = Percent(multiplier, model);
    }

    private static ServiceTier? TierOf(string? name) => name switch
    {
        null or "standard" => ServiceTier.Standard,
        "batch" => ServiceTier.Batch,
        "flex" => ServiceTier.Flex,
        "fast" => ServiceTier.Fast,
        _ => null,
    };

    private static int? Percent(string multiplier, ImportedModel model)
    {
        if (PriceText.Read(multiplier, 2, out var percent) is null && percent is >= 100 and <= 1_000)
            return (int)percent;
        model.Problem = "regionalMultiplier: must be from 1 to 10, with at most two decimals.";
        return null;
    }
}
