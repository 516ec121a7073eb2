using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>What an answer said about its own cost, as far as it was read.</summary>
public readonly record struct MeterReading
{
    /// <summary>The provider's own usage; null = it reported none (yet), or nothing that can be believed.</summary>
    public Usage? Usage { get; init; }

    /// <summary>The model that served, as the answer names it.</summary>
    public string? ServedModel { get; init; }

    /// <summary>The tier that the answer says was billed; null = it does not say.</summary>
    public ServiceTier? ServedTier { get; init; }

    /// <summary>True when the answer says the regional multiplier applies.</summary>
    public bool Regional { get; init; }

    /// <summary>True when the answer came to its proper end (<c>[DONE]</c>, <c>message_stop</c>, a whole JSON body).</summary>
    public bool Finished { get; init; }

    /// <summary>True when the stream carried an error event.</summary>
    public bool Failed { get; init; }

    /// <summary>Output tokens of the text that passed, counted by us; a stand-in's safety factor is not in it.</summary>
    public long CountedOutput { get; init; }
}
