namespace BudgetProxy.Core.Tokens;

/// <summary>What the splitting patterns ask of a character, as bits so that a pattern's class is a mask. <see cref="None"/> is the end of the text.</summary>
[Flags]
internal enum TextClass : byte
{
    None = 0,

    /// <summary>\p{Lu} and \p{Lt}.</summary>
    Upper = 1,

    /// <summary>\p{Ll}.</summary>
    Lower = 2,

    /// <summary>\p{Lm} and \p{Lo}.</summary>
    Caseless = 4,

    /// <summary>\p{M}.</summary>
    Mark = 8,

    /// <summary>\p{N}.</summary>
    Number = 16,

    /// <summary>\s without CR and LF.</summary>
    Space = 32,

    /// <summary>CR and LF.</summary>
    Newline = 64,

    Other = 128,

    /// <summary>\p{L}.</summary>
    Letter = Upper | Lower | Caseless,

    /// <summary>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}].</summary>
    UpperRun = Upper | Caseless | Mark,

    /// <summary>[\p{Ll}\p{Lm}\p{Lo}\p{M}].</summary>
    LowerRun = Lower | Caseless | Mark,

    /// <summary>[^\r\n\p{L}\p{N}], the one character that may stand before a word.</summary>
    WordLead = Mark | Space | Other,

    /// <summary>[^\s\p{L}\p{N}].</summary>
    Punctuation = Mark | Other,

    /// <summary>\s.</summary>
    White = Space | Newline,
}
