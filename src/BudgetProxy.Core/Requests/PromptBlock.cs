namespace BudgetProxy.Core.Requests;

/// <summary>A piece of the prompt that a provider's cache holds whole or not at all: a tool, a message, or at Anthropic a content block. By position in the body.</summary>
public struct PromptBlock
{
    public PromptSection Section { get; init; }

    /// <summary>Byte offset into the body.</summary>
    public int Start { get; init; }

    /// <summary>Byte offset after it.</summary>
    public int End { get; set; }

    /// <summary>Its first span in <see cref="ProviderRequest.Content"/>.</summary>
    public int FirstSpan { get; init; }

    /// <summary>After its last span.</summary>
    public int EndSpan { get; set; }

    /// <summary>Its first image in <see cref="ProviderRequest.Images"/>.</summary>
    public int FirstImage { get; init; }

    /// <summary>After its last image.</summary>
    public int EndImage { get; set; }

    /// <summary>First letter of the message's role, where the block does not hold it; 0 = none. All roles differ in it but those of one meaning.</summary>
    public byte Role { get; set; }

    /// <summary>The cache write that is asked for at its end.</summary>
    public CacheWrite Marker { get; set; }

    /// <summary>Byte offset of the marker's value: the marker itself is no part of the prompt.</summary>
    public int MarkerStart { get; set; }

    /// <summary>Byte offset after it.</summary>
    public int MarkerEnd { get; set; }

    /// <summary>Keyed hash of the prompt up to the block's end, in the provider's order; set when the prompt's prefixes are looked up.</summary>
    public UInt128 Prefix { get; set; }

    /// <summary>Best guess of its input tokens, in the model's own; set when the request is counted.</summary>
    public long Tokens { get; set; }
}
