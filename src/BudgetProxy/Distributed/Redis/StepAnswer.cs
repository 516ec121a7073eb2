using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>One step's part of what a script answered.</summary>
/// <param name="Value">Null = the generation is lost, nothing was done.</param>
/// <param name="Generation">The generation that it was asked in.</param>
internal readonly record struct StepAnswer(RedisResult? Value, long Generation);
