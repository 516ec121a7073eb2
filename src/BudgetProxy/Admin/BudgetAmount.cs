using System.Text.Json.Serialization;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Admin;

/// <summary>An amount of what a budget limits: in JSON a decimal string for USD, a whole number for calls and tokens.</summary>
/// <param name="Value">By kind: nano-dollars, calls or tokens.</param>
[JsonConverter(typeof(BudgetAmountConverter))]
public readonly record struct BudgetAmount(LimitKind Kind, long Value);
