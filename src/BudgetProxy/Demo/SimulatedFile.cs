namespace BudgetProxy.Demo;

/// <summary>A file at the simulated OpenAI.</summary>
public sealed record SimulatedFile(string Id, string Name, string Purpose, DateTimeOffset CreatedAt, ReadOnlyMemory<byte> Bytes);
