using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Rates.Import;

/// <summary>Compares a file's models with the table and says what each would become.</summary>
internal static class ImportPlanner
{
    /// <summary>Models of one file at most: what they become is held in memory until the answer is written.</summary>
    public const int MostModels = 50_000;

    private const int MostNameChars = 256;

    private static readonly ServiceTier[] Tiers = Enum.GetValues<ServiceTier>();

    /// <param name="at">When the rows would begin.</param>
    /// <param name="given">The same as the caller gave it; null = whenever it is applied.</param>
    /// <exception cref="ImportRefusedException">The file as a whole can't be read.</exception>
    public static async Task<ImportPlan> PlanAsync(
        IAsyncEnumerable<ImportedModel> file, RateSnapshot table, DateTimeOffset at, DateTimeOffset? given, CancellationToken cancellationToken)
    {
        var rows = new List<ImportRow>();
        var seen = new Dictionary<(Provider, string), string>();
        await foreach (var model in file.WithCancellation(cancellationToken))
        {
            if (rows.Count >= MostModels)
                throw TooMany();
            rows.Add(Compare(model, table, at, seen));
        }

        return new ImportPlan(rows, table, given);
    }

    public static ImportRefusedException TooMany() => new(StatusCodes.Status413PayloadTooLarge, $"A file prices at most {MostModels} models.");

    private static ImportRow Compare(ImportedModel model, RateSnapshot table, DateTimeOffset at, Dictionary<(Provider, string), string> seen)
    {
        if (model.Problem is { } broken)
            return Without(model, ImportChange.Invalid, broken);
        if (model.Skipped is { } skipped)
            return Without(model, ImportChange.Skipped, skipped);
        if (Tenants.DirectoryRules.TextProblem(model.Model, MostNameChars) is { } problem)
            return Without(model, ImportChange.Invalid, "The model's id: " + problem);
        if (!seen.TryAdd((model.Provider, model.Model), model.Name))
            return Without(model, ImportChange.Invalid, $"{seen[(model.Provider, model.Model)]} is the same model, and was priced before.");

        var found = Followed(table.Card, model, at);
        var row = Merge(model, found, found ?? table.Card.Blank(model.Provider, model.Model, at), at);
        if (row.Tokens is null)
            return Without(model, ImportChange.Invalid, "A new model needs a price of standard input and output.");
        if (row.Problem() is { } outOfRange)
            return Without(model, ImportChange.Invalid, outOfRange);
        var prices = Differences(found, row);
        if (found is not null && prices.Count == 0 && SameButForOrigin(found, row))
            return Without(model, ImportChange.Unchanged, null);
        if (table.Find(row.Id) is { } taken && !RateTable.SameContent(taken.Rate, row))
            return Without(model, ImportChange.Invalid, $"The row {row.Id} is there already, and rows are never edited. Give another effectiveFrom.");
        if (found is not null && found.Model != model.Model)
            model.Notes.Add($"was priced by the row of {found.Model}, and gets one of its own");
        if (found is not null && Kept(model, found) is { Count: > 0 } kept)
            model.Notes.Add($"not in the file, kept as they are: {string.Join(", ", kept)}");
        return new ImportRow(model.Line, model.Name, found is null ? ImportChange.New : ImportChange.Changed, null, row, prices, model.Notes);
    }

    private static ImportRow Without(ImportedModel model, ImportChange change, string? reason) =>
        new(model.Line, model.Name, change, reason, null, [], model.Notes);

    /// <summary>The row in force of this very model, by its id or an alias.</summary>
    private static Rate? Followed(RateCard card, ImportedModel model, DateTimeOffset at) =>
        card.Find(model.Provider, model.Model, at) is { } found && (found.Model == model.Model || found.Aliases.Contains(model.Model, StringComparer.Ordinal)) ? found : null;

    /// <summary>The row in force with what the file says instead of what it said.</summary>
    /// <param name="rate">That row, or a blank one.</param>
    private static Rate Merge(ImportedModel model, Rate? found, Rate rate, DateTimeOffset at)
    {
        var profile = found?.Profile ?? ModelProfile.Unknown;
        if (found is null || !model.LimitsOfNewOnly)
        {
            profile = profile with
            {
                MaxInput = model.MaxInput ?? profile.MaxInput,
                MaxOutput = model.MaxOutput ?? profile.MaxOutput,
                Reasoning = model.Reasoning ?? profile.Reasoning,
            };
        }

        var tokens = ListOf(model, above: false, rate.Tokens);
        var threshold = model.Threshold ?? rate.LongContext?.Threshold;
        var tail = model.Threshold is null ? rate.LongContext?.Prices : ListOf(model, above: true, rate.LongContext?.Prices ?? Longest(tokens));
        return rate with
        {
            Model = model.Model,
            EffectiveFrom = at,
            Aliases = model.Aliases ?? (rate.Model == model.Model ? rate.Aliases : []),
            Profile = profile,
            Tokens = tokens,
            Mode = rate.Mode ?? model.Mode,
            // OpenAI writes its cache unasked wherever it charges for that.
            AutoCacheWrite = rate.AutoCacheWrite || (model.Provider is Provider.OpenAi or Provider.Azure && tokens?.Standard.CacheWriteShort is not null),
            LongContext = threshold is { } tokensAbove && tail is not null ? new LongContext(tokensAbove, tail) : null,
            RegionalPercent = model.RegionalPercent ?? rate.RegionalPercent,
            ToolCall = model.ToolCall ?? rate.ToolCall,
            RequestFee = model.RequestFee ?? rate.RequestFee,
            Sources = [model.Source],
            Confidence = "import",
            Notes = null,
            Status = null,
        };
    }

    /// <summary>What the first prices of long requests begin with: no class has a price of its own that the file does not give, for those of short ones are too low.</summary>
    private static PriceList? Longest(PriceList? tokens) =>
        tokens is null ? null : new PriceList { Standard = new TokenPrices { Input = tokens.Standard.Input, Output = tokens.Standard.Output } };

    private static PriceList? ListOf(ImportedModel model, bool above, PriceList? old)
    {
        if (Tier(model, ServiceTier.Standard, above, old?.Standard, null) is not { } standard)
            return null;
        return new PriceList
        {
            Standard = standard,
            Batch = Tier(model, ServiceTier.Batch, above, old?.Batch, standard),
            Flex = Tier(model, ServiceTier.Flex, above, old?.Flex, standard),
            Fast = Tier(model, ServiceTier.Fast, above, old?.Fast, standard),
        };
    }

    /// <summary>A tier's prices; those that neither the file nor the row has are the standard ones. Null = neither knows the tier.</summary>
    private static TokenPrices? Tier(ImportedModel model, ServiceTier tier, bool above, TokenPrices? old, TokenPrices? standard)
    {
        long? Price(ChargeKind kind) => model.Prices.TryGetValue(new PriceKey(tier, above, kind), out var price) ? price : null;
        if (!model.Prices.Keys.Any(key => key.Tier == tier && key.Long == above))
            return old;
        var input = Price(ChargeKind.Input) ?? old?.Input ?? standard?.Input;
        // Embeddings write nothing, and files may leave that price out.
        var output = Price(ChargeKind.Output) ?? old?.Output ?? standard?.Output ?? (model.Mode == "embedding" ? 0 : null);
        if (input is null || output is null)
            return null;
        return (old ?? new TokenPrices { Input = 0, Output = 0 }) with
        {
            Input = input.Value,
            Output = output.Value,
            CachedInput = Price(ChargeKind.CachedInput) ?? old?.CachedInput,
            CacheWriteShort = Price(ChargeKind.CacheWriteShort) ?? old?.CacheWriteShort,
            CacheWriteLong = Price(ChargeKind.CacheWriteLong) ?? old?.CacheWriteLong,
            AudioInput = Price(ChargeKind.AudioInput) ?? old?.AudioInput,
            AudioOutput = Price(ChargeKind.AudioOutput) ?? old?.AudioOutput,
            ImageInput = Price(ChargeKind.ImageInput) ?? old?.ImageInput,
            ImageOutput = Price(ChargeKind.ImageOutput) ?? old?.ImageOutput,
        };
    }

    /// <summary>Every figure that is another than before. A class that has a price of its own only before or after counts at the one that it is billed at then.</summary>
    private static List<ImportedPrice> Differences(Rate? old, Rate now)
    {
        var found = new List<ImportedPrice>();
        foreach (var (above, was, list) in new[] { (false, old?.Tokens, now.Tokens), (true, old?.LongContext?.Prices, now.LongContext?.Prices) })
        {
            foreach (var tier in Tiers)
            {
                var (before, after) = (TierOf(was, tier), TierOf(list, tier));
                for (var kind = ChargeKind.Input; kind <= ChargeKind.ImageOutput; kind++)
                {
                    if ((before?.Own(kind) ?? after?.Own(kind)) is not null)
                        Add(new PriceKey(tier, above, kind).ToString(), before?.Of(kind), after?.Of(kind));
                }
            }
        }

        Add("toolCall", old?.ToolCall, now.ToolCall);
        Add("fileSearch", old?.FileSearch, now.FileSearch);
        Add("codeSession", old?.CodeSession, now.CodeSession);
        Add("request", old?.RequestFee, now.RequestFee);
        if (old?.LongContext?.Threshold != now.LongContext?.Threshold)
            found.Add(new ImportedPrice(ImportedPrice.Threshold, old?.LongContext?.Threshold, now.LongContext?.Threshold, null));
        if ((old?.RegionalPercent ?? 100) != now.RegionalPercent)
            found.Add(new ImportedPrice(ImportedPrice.Percent, old?.RegionalPercent, now.RegionalPercent, null));
        return found;

        void Add(string name, long? before, long? after)
        {
            if (before != after && !(before is null && after == 0 && old is null))
                found.Add(ImportedPrice.Of(name, before, after));
        }
    }

    private static TokenPrices? TierOf(PriceList? list, ServiceTier tier) => tier switch
    {
        ServiceTier.Batch => list?.Batch,
        ServiceTier.Flex => list?.Flex,
        ServiceTier.Fast => list?.Fast,
        _ => list?.Standard,
    };

    /// <summary>True where nothing differs but the day, and who says so.</summary>
    private static bool SameButForOrigin(Rate found, Rate row) => RateTable.SameContent(
        found,
        row with
        {
            EffectiveFrom = found.EffectiveFrom, Sources = found.Sources, Confidence = found.Confidence, Notes = found.Notes, Status = found.Status,
            Model = found.Model, Aliases = found.Model == row.Model ? row.Aliases : found.Aliases,
        });

    /// <summary>What the row has and the file does not price.</summary>
    private static List<string> Kept(ImportedModel model, Rate found)
    {
        var kept = Tiers.Where(tier => TierOf(found.Tokens, tier) is not null && !model.Prices.Keys.Any(key => key.Tier == tier && !key.Long))
            .Select(tier => tier.ToString().ToLowerInvariant()).ToList();
        if (found.LongContext is not null && model.Threshold is null)
            kept.Add("long context");
        return kept;
    }
}
