namespace BudgetProxy.Core.Tokens;

/// <summary>Which formula turns an image's size into tokens.</summary>
public enum VisionScheme
{
    /// <summary>No rule is known for the model's images.</summary>
    None,

    /// <summary>OpenAI 512-pixel tiles: base + tiles × tile.</summary>
    Tile,

    /// <summary>OpenAI 32-pixel patches with a budget and a multiplier.</summary>
    Patch32,

    /// <summary>Claude 28-pixel patches under an edge and a token limit.</summary>
    ClaudePatch28,

    /// <summary>Gemini 2: one tile up to 384 × 384, else tiles of 768 pixels.</summary>
    GeminiTile768,

    /// <summary>Gemini 3: the tokens of a resolution that the call chooses, whatever the size.</summary>
    Budget,
}
