using System.Security.Cryptography;
using System.Text.Json.Serialization;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Demo;

/// <summary>One call that reached the simulated provider, as its own books have it. Grows while the call runs.</summary>
public sealed class SimulatedCall
{
    /// <summary>1, 2, 3… in order of arrival.</summary>
    public required int Number { get; init; }

    public required string Method { get; init; }

    /// <summary>Path without the query.</summary>
    public required string Path { get; init; }

    public required string Query { get; init; }

    /// <summary>Headers as they came; names in any case. Several values of one name are joined by commas.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; internal set; }

    [JsonIgnore]
    public ReadOnlyMemory<byte> Body { get; internal set; }

    public int BodyBytes => Body.Length;

    /// <summary>Lower-case hexadecimal.</summary>
    public string BodySha256 => Convert.ToHexStringLower(SHA256.HashData(Body.Span));

    public SimulatedRequest Request { get; internal set; } = new();

    /// <summary>Status sent; 0 = none yet.</summary>
    public int Status { get; internal set; }

    /// <summary>What this provider charges for: nothing where it refused, input and what was produced so far where the caller hung up.</summary>
    public Usage Billed { get; internal set; }

    public SimulatedOutcome Outcome { get; internal set; }
}
