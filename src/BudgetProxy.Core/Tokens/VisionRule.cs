namespace BudgetProxy.Core.Tokens;

/// <summary>A model's image formula with its constants; which of them apply depends on <see cref="Scheme"/>.</summary>
public sealed record VisionRule
{
    public static readonly VisionRule None = new();

    public VisionScheme Scheme { get; init; }

    /// <summary>Tile: tokens of any image, and all of a <c>detail: low</c> one. Budget: tokens of the default resolution.</summary>
    public int Base { get; init; }

    /// <summary>Tile and GeminiTile768: tokens of one tile.</summary>
    public int Tile { get; init; }

    /// <summary>Patch32: tokens of one patch, in hundredths (162 = 1.62).</summary>
    public int MultiplierPercent { get; init; } = 100;

    /// <summary>Patch32: patches that <c>high</c> may reach before it is shrunk; 0 = no budget.</summary>
    public int HighPatchBudget { get; init; }

    /// <summary>Patch32: longest side of <c>high</c> in pixels; 0 = no limit.</summary>
    public int HighMaxSide { get; init; }

    /// <summary>Patch32: patches that <c>original</c> may reach; 0 = no budget.</summary>
    public int OriginalPatchBudget { get; init; }

    /// <summary>Patch32: longest side of <c>original</c> in pixels; 0 = no limit.</summary>
    public int OriginalMaxSide { get; init; }

    /// <summary>Patch32: true where <c>auto</c> and an absent detail mean <c>original</c>.</summary>
    public bool AutoIsOriginal { get; init; }

    /// <summary>ClaudePatch28: longest side in pixels after the resize.</summary>
    public int MaxEdge { get; init; }

    /// <summary>ClaudePatch28 and Budget: most tokens of one image.</summary>
    public int MaxTokens { get; init; }
}
