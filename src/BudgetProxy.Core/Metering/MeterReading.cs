using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>What an answer said about its own cost, as far as it was read.</summary>
public readonly record struct MeterReading
{
    /// <summary>
    /// The provider's own usage; null = it reported none (yet), or nothing that can be believed. Final only when <see cref="Finished"/>:
    /// an Anthropic stream reports its input at the start, with an <see cref="Tokens.Usage.Output"/> that lags behind what passed.
    /// </summary>
    public Usage? Usage { get; init; }

    /// <summary>The part of <see cref="Usage"/> that stands under names which no price is known for.</summary>
    public UnknownTokens Unknown { get; init; }

    /// <summary>The model that served, as the answer names it.</summary>
    public string? ServedModel { get; init; }

    /// <summary>The tier that the answer says was billed; null = it does not say.</summary>
    public ServiceTier? ServedTier { get; init; }

    /// <summary>Whether the answer says that the regional multiplier applies; null = it does not say.</summary>
    public bool? Regional { get; init; }

    /// <summary>True when the answer came to its proper end (<c>[DONE]</c>, <c>message_stop</c>, a whole JSON body).</summary>
    public bool Finished { get; init; }

    /// <summary>True when the stream carried an error event, or the body is an error.</summary>
    public bool Failed { get; init; }

    /// <summary>
    /// Output tokens of the text that passed, counted by us; a stand-in's safety factor is not in it. 0 for a <see cref="Finished"/> answer
    /// with <see cref="Usage"/>, where nobody needs it.
    /// </summary>
    public long CountedOutput { get; init; }

    /// <summary>
    /// True when something billed passed that <see cref="CountedOutput"/> does not hold: audio, summarised thinking, a server-side tool, an
    /// event that could not be read. Without a final <see cref="Usage"/> the worst case is then the only safe charge.
    /// </summary>
    public bool Uncounted { get; init; }
}
