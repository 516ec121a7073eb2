using System.Globalization;
using System.Runtime.CompilerServices;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates;

/// <summary>Prices of one model from a date. Immutable: a change of price is a new row that follows.</summary>
public sealed record Rate
{
    /// <summary>Tokens that a line is cut to, far above what any request holds: no product overflows.</summary>
    internal const long MaxQuantity = 1L << 50;

    internal const int LineCount = (int)ChargeKind.Request + 1;

    /// <summary>What <see cref="ExactLine"/> counts in: so many parts are a nano-dollar.</summary>
    internal const long PartsPerNano = 100 * Million;

    private const long Million = 1_000_000;

    /// <summary>Made once for each row: three times a call asks for one.</summary>
    private static readonly ConditionalWeakTable<Rate, string> Ids = [];

    public required Provider Provider { get; init; }

    /// <summary>The model's id as the provider's own price page spells it; <c>*</c> = every model of the provider that has no row.</summary>
    public required string Model { get; init; }

    /// <summary>The tenant whose calls alone it prices; null = it prices every tenant's that has no row of its own.</summary>
    public string? Tenant { get; init; }

    /// <summary>The share of the list price that a tenant's row was made as, in hundredths of a percent; null = its prices are its own.</summary>
    public int? ListBasisPoints { get; init; }

    /// <summary>Id of the general row that <see cref="ListBasisPoints"/> was taken of.</summary>
    public string? List { get; init; }

    /// <summary>Other ids that mean this very model: dated snapshots and names without a date.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>True when <c>{Model}:{organisation}:{suffix}:{id}</c> is billed by this row as well (OpenAI fine-tunes).</summary>
    public bool MatchesFineTunes { get; init; }

    /// <summary>The instant from which the row holds, UTC.</summary>
    public required DateTimeOffset EffectiveFrom { get; init; }

    public required ModelProfile Profile { get; init; }

    /// <summary>Prices of tokens; null = the model is billed by the minute or the character, so no token route can price it.</summary>
    public PriceList? Tokens { get; init; }

    /// <summary>What holds above an input threshold; null = the same prices at any length.</summary>
    public LongContext? LongContext { get; init; }

    /// <summary>True where the provider writes its cache, and charges for it, without being asked (OpenAI since GPT-5.6).</summary>
    public bool AutoCacheWrite { get; init; }

    /// <summary>All token prices × this / 100 when a call is tied to a region; 100 = no surcharge.</summary>
    public int RegionalPercent { get; init; } = 100;

    /// <summary>Fee of one web search on the provider's side in nano-dollars.</summary>
    public long ToolCall { get; init; }

    /// <summary>Fee of one file search on the provider's side in nano-dollars.</summary>
    public long FileSearch { get; init; }

    /// <summary>
    /// Fee of one session of code on the provider's side in nano-dollars. OpenAI: a container of 1 GB for 20 minutes. Anthropic: the five minutes that
    /// are charged at least; what runs longer, and the hours that are free, no answer tells (pricing pages, 2026-08).
    /// </summary>
    public long CodeSession { get; init; }

    /// <summary>Fee of the request itself in nano-dollars: models that search on every call.</summary>
    public long RequestFee { get; init; }

    /// <summary>Nano-dollars for a minute of audio, where that is the unit.</summary>
    public long? PerMinute { get; init; }

    /// <summary>Nano-dollars for a million characters, where that is the unit.</summary>
    public long? PerMillionCharacters { get; init; }

    /// <summary>What the model is for: <c>chat</c>, <c>messages</c>, <c>responses</c>, <c>embedding</c>, <c>image</c>, …</summary>
    public string? Mode { get; init; }

    /// <summary>What its provider says of it: <c>active</c>, or since when it is retired. It is priced all the same.</summary>
    public string? Status { get; init; }

    /// <summary>Where the figures were read.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>How good that evidence is: <c>official</c>, or who else says so.</summary>
    public string? Confidence { get; init; }

    public string? Notes { get; init; }

    /// <summary>
    /// <c>openai/gpt-4o-mini@2024-07-18</c>: provider, model and first day in UTC, with the time where the row does not begin at midnight
    /// (<c>@2026-11-28T15:40:00Z</c>), and <c>#tenant</c> after a tenant's own, with its share where it begins with the list price that it is a share of
    /// (<c>#acme*80%</c>). Every ledger entry names it.
    /// </summary>
    public string Id => Ids.GetValue(this, static rate => rate.MakeId());

    // A row that follows the list price by itself is made anew from what is known of the tenant's share, so its share is a part of what it is.
    private string MakeId()
    {
        var share = ListBasisPoints is { } points && List!.EndsWith($"@{Beginning}", StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"*{points / 100m:0.##}%")
            : "";
        return $"{Provider.Name()}/{Model}@{Beginning}{(Tenant is null ? "" : "#")}{Tenant}{share}";
    }

    private string Beginning
    {
        get
        {
            var at = EffectiveFrom.UtcDateTime;
            var format = at.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd"
                : at.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            return at.ToString(format, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>What is wrong with its figures, in a sentence; null = nothing. A card takes no row that something is wrong with.</summary>
    public string? Problem() => RateLimits.Problem(this);

    /// <summary>
    /// What a usage costs: the one formula for estimate and actual. Each line is rounded once; the sum is cut to <see cref="NanoUsd.Ceiling"/>.
    /// </summary>
    /// <param name="tier">The tier that is billed.</param>
    /// <param name="regional">True when the call is tied to a region.</param>
    /// <exception cref="InvalidOperationException">The row has no token prices.</exception>
    public NanoUsd Price(in Usage usage, ServiceTier tier, bool regional, Rounding rounding)
    {
        var prices = PricesFor(TotalInput(usage), tier);
        var billed = prices.Billed(usage);
        Int128 sum = 0;
        for (var kind = 0; kind < LineCount; kind++)
            sum += Line((ChargeKind)kind, billed, prices, regional, rounding).Value;
        return NanoUsd.FromRatio(sum, 1, rounding);
    }

    /// <summary>One of the lines that <see cref="Price"/> sums, rounded: what that class of a usage costs.</summary>
    /// <exception cref="InvalidOperationException">The row has no token prices.</exception>
    public NanoUsd PriceOf(ChargeKind kind, in Usage usage, ServiceTier tier, bool regional, Rounding rounding)
    {
        var prices = PricesFor(TotalInput(usage), tier);
        return Line(kind, prices.Billed(usage), prices, regional, rounding);
    }

    /// <summary>
    /// What the cache saved on a usage: its input tokens, each at the price of plain input − at that of its own class, summed and rounded once, half-even.
    /// Below 0 where writing to the cache cost more than reading from it saved; the buckets may be below 0, as in a correction.
    /// </summary>
    /// <exception cref="InvalidOperationException">The row has no token prices.</exception>
    public NanoUsd SavedByCaching(in Usage usage, ServiceTier tier, bool regional)
    {
        var prices = PricesFor(TotalInput(usage), tier);
        var parts = Difference(ChargeKind.CachedInput, usage.CachedInput, prices) + Difference(ChargeKind.CacheWriteShort, usage.CacheWriteShort, prices)
            + Difference(ChargeKind.CacheWriteLong, usage.CacheWriteLong, prices);
        return NanoUsd.FromRatio(parts * (regional ? RegionalPercent : 100), PartsPerNano, Rounding.HalfEven);
    }

    /// <summary>The prices that hold for a request of so many input tokens.</summary>
    internal TokenPrices PricesFor(Int128 totalInput, ServiceTier tier)
    {
        var list = LongContext is { } tail && totalInput > tail.Threshold ? tail.Prices : Tokens;
        return (list ?? throw new InvalidOperationException($"{Id} has no token prices.")).For(tier);
    }

    private static Int128 Difference(ChargeKind kind, long tokens, TokenPrices prices) =>
        (Int128)Math.Clamp(tokens, -MaxQuantity, MaxQuantity) * (prices.Input - prices.Of(kind));

    private static Int128 TotalInput(in Usage usage) =>
        (Int128)usage.Input + usage.CachedInput + usage.CacheWriteShort + usage.CacheWriteLong;

    /// <summary>Tokens, calls or requests that a line of a single request bills.</summary>
    /// <param name="usage">After <see cref="TokenPrices.Billed"/>.</param>
    internal long Quantity(ChargeKind kind, in Usage usage) => kind switch
    {
        ChargeKind.Input => usage.Input - usage.AudioInput - usage.ImageInput,
        ChargeKind.CachedInput => usage.CachedInput,
        ChargeKind.CacheWriteShort => usage.CacheWriteShort,
        ChargeKind.CacheWriteLong => usage.CacheWriteLong,
        ChargeKind.AudioInput => usage.AudioInput,
        ChargeKind.ImageInput => usage.ImageInput,
        ChargeKind.Output => usage.Output - usage.AudioOutput - usage.ImageOutput,
        ChargeKind.AudioOutput => usage.AudioOutput,
        ChargeKind.ImageOutput => usage.ImageOutput,
        ChargeKind.ToolCall => usage.ToolCalls,
        ChargeKind.FileSearch => usage.FileSearches,
        ChargeKind.CodeSession => usage.CodeSessions,
        _ => RequestFee > 0 ? 1 : 0,
    };

    private NanoUsd Line(ChargeKind kind, in Usage usage, TokenPrices prices, bool regional, Rounding rounding)
    {
        // Most lines of a call are empty, and a division of 128 bits is not free.
        var parts = ExactLine(kind, usage, prices, regional);
        return parts == 0 ? NanoUsd.Zero : NanoUsd.FromRatio(parts, PartsPerNano, rounding);
    }

    /// <summary>A line of a single request before it is rounded, in parts of which <see cref="PartsPerNano"/> are a nano-dollar.</summary>
    /// <param name="usage">After <see cref="TokenPrices.Billed"/>.</param>
    internal Int128 ExactLine(ChargeKind kind, in Usage usage, TokenPrices prices, bool regional)
    {
        var quantity = Math.Clamp(Quantity(kind, usage), 0, MaxQuantity);
        var perMillion = kind switch
        {
            ChargeKind.ToolCall => ToolCall * Million,
            ChargeKind.FileSearch => FileSearch * Million,
            ChargeKind.CodeSession => CodeSession * Million,
            ChargeKind.Request => RequestFee * Million,
            _ => prices.Of(kind),
        };
        var percent = regional && kind < ChargeKind.ToolCall ? RegionalPercent : 100;
        return (Int128)quantity * perMillion * percent;
    }
}
