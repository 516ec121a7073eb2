using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed.Redis;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed;

/// <summary>One of the holds that a standing reservation was made with, in the words of the scripts.</summary>
/// <param name="Amount">What is left of it.</param>
internal readonly record struct StandingHold(string Shape, string Scope, string Unit, string Slot, string Ends, long Amount)
{
    public static StandingHold Of(in Hold hold, ReservedCall call)
    {
        var budget = CountedBudget.Of(hold.Budget);
        var slot = budget.SlotAt(call.StartedAt);
        var unit = budget.UnitOf(call.CountsIn(hold.Budget, hold.ScopeValue));
        return new StandingHold(Text(budget.Shape), hold.ScopeValue, Text(unit), Text(slot.Start), Text(slot.Ends), ReserveStep.Amount(hold));
    }

    /// <returns>UTF-8; JSON, so that any text of a caller can stand in it.</returns>
    public static byte[] Write(IReadOnlyList<StandingHold> holds)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartArray();
            foreach (var (shape, scope, unit, slot, ends, amount) in holds)
            {
                json.WriteStartArray();
                foreach (var value in new[] { shape, scope, unit, slot, ends })
                    json.WriteStringValue(value);
                json.WriteNumberValue(amount);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return text.ToArray();
    }

    public static List<StandingHold> Read(byte[] text)
    {
        using var json = JsonDocument.Parse(text);
        return
        [
            .. json.RootElement.EnumerateArray().Select(hold => new StandingHold(
                hold[0].GetString()!, hold[1].GetString()!, hold[2].GetString()!, hold[3].GetString()!, hold[4].GetString()!, hold[5].GetInt64())),
        ];
    }

    private static string Text(RedisValue value) => value.ToString();
}
