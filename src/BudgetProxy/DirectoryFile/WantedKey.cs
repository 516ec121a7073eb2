using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>A key as a file wants it.</summary>
/// <param name="Key">What it pins; without an id and a time. Its prefix is empty where the file does not tell.</param>
/// <param name="Path">Where it stands.</param>
internal sealed record WantedKey(VirtualKey Key, KeyHash Hash, string Path, FilePlace Place);
