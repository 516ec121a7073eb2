using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>What a script of the counters answered.</summary>
/// <param name="Parts">Null = the generation is lost, nothing was done.</param>
/// <param name="Generation">The generation that it was asked in.</param>
internal readonly record struct ScriptAnswer(RedisResult[]? Parts, long Generation);
