namespace BudgetProxy.Core.Tokens;

/// <summary>The public byte-level BPE vocabularies we hold. Models without one are counted with the nearest and a safety factor.</summary>
public enum TokenEncoding
{
    O200kBase,
    Cl100kBase,
}
