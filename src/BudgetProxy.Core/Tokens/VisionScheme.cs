namespace BudgetProxy.Core.Tokens;

/// <summary>Which formula turns an image's size into tokens.</summary>
public enum VisionScheme
{
    /// <summary>The model takes no images that we have a rule for.</summary>
    None,

    /// <summary>OpenAI 512-pixel tiles: base + tiles × tile.</summary>
    Tile,

    /// <summary>OpenAI 32-pixel patches with a budget and a multiplier.</summary>
    Patch32,

    /// <summary>Claude 28-pixel patches under an edge and a token limit.</summary>
    ClaudePatch28,
}
