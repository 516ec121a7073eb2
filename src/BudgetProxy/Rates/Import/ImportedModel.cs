using BudgetProxy.Core.Requests;

namespace BudgetProxy.Rates.Import;

/// <summary>What a file says of one model. What it does not say stays as in the row in force.</summary>
internal sealed class ImportedModel
{
    /// <summary>Where its entry begins, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>As the file spells it.</summary>
    public required string Name { get; init; }

    public Provider Provider { get; set; }

    /// <summary>The id that calls give.</summary>
    public string Model { get; set; } = "";

    /// <summary>Nano-dollars per million tokens.</summary>
    public Dictionary<PriceKey, long> Prices { get; } = [];

    /// <summary>Input tokens above which the prices of long requests hold.</summary>
    public long? Threshold { get; set; }

    /// <summary>Nano-dollars for a call of a server-side tool.</summary>
    public long? ToolCall { get; set; }

    /// <summary>Nano-dollars for the request.</summary>
    public long? RequestFee { get; set; }

    public int? RegionalPercent { get; set; }

    public IReadOnlyList<string>? Aliases { get; set; }

    public long? MaxInput { get; set; }

    public long? MaxOutput { get; set; }

    public bool? Reasoning { get; set; }

    public string? Mode { get; set; }

    /// <summary>True where the limits describe only models that have no row yet: aggregators' limits are not those of a request.</summary>
    public bool LimitsOfNewOnly { get; init; }

    public required string Source { get; init; }

    /// <summary>Why the model is none of ours; null = it is.</summary>
    public string? Skipped { get; set; }

    /// <summary>What is wrong with the entry; null = nothing.</summary>
    public string? Problem { get; set; }

    /// <summary>What a reader should know of how it was read.</summary>
    public List<string> Notes { get; } = [];
}
