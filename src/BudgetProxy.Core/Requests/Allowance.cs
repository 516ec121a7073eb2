using System.Globalization;

namespace BudgetProxy.Core.Requests;

/// <summary>What becomes of one item that can't be seen; the default value refuses it.</summary>
public readonly record struct Allowance
{
    /// <summary>Tokens of one item at most: above every window sold (2026-11), where <see cref="Window"/> says the same.</summary>
    public const int MaxTokens = 2_000_000;

    /// <summary>The call is refused.</summary>
    public static readonly Allowance Refuse;

    /// <summary>The bound of the call becomes the model's whole input window.</summary>
    public static readonly Allowance Window = new() { IsWindow = true };

    /// <summary>Images only: what one costs the model at most, else the image rules' own allowance.</summary>
    public static readonly Allowance ModelCap = new() { IsModelCap = true };

    /// <summary>Input tokens that are added to estimate and bound; null = another rule.</summary>
    public long? Tokens { get; private init; }

    public bool IsWindow { get; private init; }

    public bool IsModelCap { get; private init; }

    /// <summary>Reads a whole number of tokens up to <see cref="MaxTokens"/>, <c>window</c> or <c>refuse</c>.</summary>
    public static bool TryParse(string text, out Allowance allowance)
    {
        allowance = Refuse;
        if (text.Equals("window", StringComparison.OrdinalIgnoreCase))
            allowance = Window;
        else if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) && tokens <= MaxTokens)
            allowance = new Allowance { Tokens = tokens };
        else
            return text.Equals("refuse", StringComparison.OrdinalIgnoreCase);
        return true;
    }
}
