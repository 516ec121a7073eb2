namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>One text to count in two implementations.</summary>
/// <param name="Bytes">UTF-8, perhaps invalid.</param>
/// <param name="IsJson">The bytes are the inside of a JSON string, and what it stands for is counted.</param>
internal sealed record IdentityText(byte[] Bytes, bool IsJson)
{
    public override string ToString() => $"{(IsJson ? 'J' : 'T')}{Convert.ToBase64String(Bytes)}";
}
