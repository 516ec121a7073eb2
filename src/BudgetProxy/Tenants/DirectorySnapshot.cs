using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Tenants;

/// <summary>All tenants, keys and budgets at one instant. Immutable, swapped whole: a call sees one snapshot from start to end.</summary>
public sealed class DirectorySnapshot
{
    public static readonly DirectorySnapshot Empty = new();

    /// <summary>
    /// Finds the key whose SHA-256 this is. Revoked, expired and suspended ones are found too: the caller decides what to answer.
    /// </summary>
    public bool TryFind(ReadOnlySpan<byte> keySha256, [NotNullWhen(true)] out VirtualKey? key, [NotNullWhen(true)] out Tenant? tenant)
    {
        key = null;
        tenant = null;
        return false;
    }
}
