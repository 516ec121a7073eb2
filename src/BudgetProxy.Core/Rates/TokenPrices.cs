using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates;

/// <summary>
/// Prices of one tier in nano-dollars per million tokens (0.15 USD = 150,000,000). A class without a price of its own is billed as the
/// nearest one that has: cached tokens at full input (OpenAI pricing page, 2026-08), a long cache write as a short one.
/// </summary>
public sealed record TokenPrices
{
    public required long Input { get; init; }

    public required long Output { get; init; }

    public long? CachedInput { get; init; }

    public long? CacheWriteShort { get; init; }

    public long? CacheWriteLong { get; init; }

    public long? AudioInput { get; init; }

    public long? AudioOutput { get; init; }

    public long? ImageInput { get; init; }

    public long? ImageOutput { get; init; }

    /// <summary>Nano-dollars per million tokens of a class; 0 for what is no token.</summary>
    public long Of(ChargeKind kind) => kind switch
    {
        ChargeKind.Input => Input,
        ChargeKind.CachedInput => CachedInput ?? Input,
        ChargeKind.CacheWriteShort => CacheWriteShort ?? Input,
        ChargeKind.CacheWriteLong => CacheWriteLong ?? CacheWriteShort ?? Input,
        ChargeKind.AudioInput => AudioInput ?? Input,
        ChargeKind.ImageInput => ImageInput ?? Input,
        ChargeKind.Output => Output,
        ChargeKind.AudioOutput => AudioOutput ?? Output,
        ChargeKind.ImageOutput => ImageOutput ?? Output,
        _ => 0,
    };

    /// <summary>Nano-dollars per million tokens of a class that has a price of its own; null = it is billed as another, or is no token.</summary>
    public long? Own(ChargeKind kind) => kind switch
    {
        ChargeKind.Input => Input,
        ChargeKind.CachedInput => CachedInput,
        ChargeKind.CacheWriteShort => CacheWriteShort,
        ChargeKind.CacheWriteLong => CacheWriteLong,
        ChargeKind.AudioInput => AudioInput,
        ChargeKind.ImageInput => ImageInput,
        ChargeKind.Output => Output,
        ChargeKind.AudioOutput => AudioOutput,
        ChargeKind.ImageOutput => ImageOutput,
        _ => null,
    };

    /// <summary>These prices × <paramref name="basisPoints"/> / 10,000, each rounded half-even.</summary>
    public TokenPrices Scaled(int basisPoints) => new()
    {
        Input = Scaled(Input, basisPoints),
        Output = Scaled(Output, basisPoints),
        CachedInput = Scaled(CachedInput, basisPoints),
        CacheWriteShort = Scaled(CacheWriteShort, basisPoints),
        CacheWriteLong = Scaled(CacheWriteLong, basisPoints),
        AudioInput = Scaled(AudioInput, basisPoints),
        AudioOutput = Scaled(AudioOutput, basisPoints),
        ImageInput = Scaled(ImageInput, basisPoints),
        ImageOutput = Scaled(ImageOutput, basisPoints),
    };

    internal static long Scaled(long price, int basisPoints) => NanoUsd.FromRatio((Int128)price * basisPoints, 10_000, Rounding.HalfEven).Value;

    private static long? Scaled(long? price, int basisPoints) => price is { } own ? Scaled(own, basisPoints) : null;

    /// <summary>The class of output that costs most; plain output where none costs more.</summary>
    internal ChargeKind DearestOutput
    {
        get
        {
            var dearest = ChargeKind.Output;
            for (var kind = ChargeKind.AudioOutput; kind <= ChargeKind.ImageOutput; kind++)
            {
                if (Of(kind) > Of(dearest))
                    dearest = kind;
            }

            return dearest;
        }
    }

    /// <summary>The class of input that costs most; plain input where none costs more.</summary>
    internal ChargeKind DearestInput
    {
        get
        {
            var dearest = ChargeKind.Input;
            for (var kind = ChargeKind.Input; kind < ChargeKind.Output; kind++)
            {
                if (Of(kind) > Of(dearest))
                    dearest = kind;
            }

            return dearest;
        }
    }

    /// <summary>A usage with the tokens of a class that has no price of its own moved to the class it is billed as: one line a price.</summary>
    internal Usage Billed(in Usage usage)
    {
        var extended = CacheWriteLong is null ? 0 : Counted(usage.CacheWriteLong);
        var brief = Counted(usage.CacheWriteShort) + Counted(usage.CacheWriteLong) - extended;
        var cached = CachedInput is null ? 0 : Counted(usage.CachedInput);
        return usage with
        {
            Input = Counted(usage.Input) + Counted(usage.CachedInput) - cached + (CacheWriteShort is null ? brief : 0),
            CachedInput = cached,
            CacheWriteShort = CacheWriteShort is null ? 0 : brief,
            CacheWriteLong = extended,
            Output = Counted(usage.Output),
            AudioInput = AudioInput is null ? 0 : Counted(usage.AudioInput),
            AudioOutput = AudioOutput is null ? 0 : Counted(usage.AudioOutput),
            ImageInput = ImageInput is null ? 0 : Counted(usage.ImageInput),
            ImageOutput = ImageOutput is null ? 0 : Counted(usage.ImageOutput),
        };
    }

    private static long Counted(long tokens) => Math.Clamp(tokens, 0, Rate.MaxQuantity);
}
