using System.Text.Json;
using System.Text.Json.Serialization;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Admin;

/// <summary>Writes a <see cref="BudgetAmount"/>.</summary>
internal sealed class BudgetAmountConverter : JsonConverter<BudgetAmount>
{
    public override BudgetAmount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Budget amounts are only written.");

    public override void Write(Utf8JsonWriter writer, BudgetAmount value, JsonSerializerOptions options)
    {
        if (value.Kind.IsMoney())
            writer.WriteStringValue(new NanoUsd(value.Value).ToBalance());
        else
            writer.WriteNumberValue(value.Value);
    }
}
