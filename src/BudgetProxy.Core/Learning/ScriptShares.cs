using System.Runtime.CompilerServices;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Learning;

/// <summary>The share of each script in the tokens of a text: they add up to 1, or to 0 for no text.</summary>
[InlineArray(ScriptMix.Scripts)]
internal struct ScriptShares
{
    // Tokens that a character gives with o200k_base, as a rough guess: only their proportions matter, and the ratios learned absorb what is wrong in them.
    private const double Latin = 0.2;
    private const double Code = 0.5;
    private const double TwoByte = 0.4;
    private const double Cjk = 0.75;
    private const double Other = 1.5;

    private double _first;

    public static ScriptShares Of(in ScriptMix mix)
    {
        var shares = default(ScriptShares);
        shares[0] = mix.Latin * Latin;
        shares[1] = mix.Code * Code;
        shares[2] = mix.TwoByte * TwoByte;
        shares[3] = mix.Cjk * Cjk;
        shares[4] = mix.Other * Other;
        double all = 0;
        for (var i = 0; i < ScriptMix.Scripts; i++)
            all += shares[i];
        for (var i = 0; i < ScriptMix.Scripts && all > 0; i++)
            shares[i] /= all;
        return shares;
    }
}
