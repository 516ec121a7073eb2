using System.Text.Json;

namespace BudgetProxy.Embedded;

/// <summary>The shares of a standing reservation as they stand in its row; shapes, which are long, once each.</summary>
internal static class StandingShares
{
    /// <returns>UTF-8.</returns>
    public static ReadOnlySpan<byte> Write(List<StandingShare> shares)
    {
        var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            var shapes = shares.Select(share => share.Key).Distinct().ToList();
            json.WriteStartObject();
            json.WriteStartArray("shapes");
            foreach (var shape in shapes)
            {
                json.WriteStartArray();
                json.WriteStringValue(shape.Budget);
                json.WriteStringValue(shape.Shape);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("shares");
            var numbers = shapes.Index().ToDictionary(shape => shape.Item, shape => shape.Index);
            foreach (var share in shares)
                Write(json, share, numbers[share.Key]);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return text.GetBuffer().AsSpan(0, (int)text.Length);
    }

    /// <summary>As they were written; none has a slot yet.</summary>
    public static List<StandingShare> Read(string text, string tenant)
    {
        using var json = JsonDocument.Parse(text);
        var shapes = json.RootElement.GetProperty("shapes").EnumerateArray().Select(shape => (tenant, shape[0].GetString()!, shape[1].GetString()!)).ToList();
        return
        [
            .. json.RootElement.GetProperty("shares").EnumerateArray().Select(share => new StandingShare
            {
                Key = shapes[share[0].GetInt32()],
                Scope = share[1].GetString()!,
                Start = share[2].GetInt64(),
                Ends = share[3].ValueKind == JsonValueKind.Null ? null : share[3].GetInt64(),
                Amount = share[4].GetInt64(),
                Own = share[5].GetBoolean(),
            }),
        ];
    }

    private static void Write(Utf8JsonWriter json, StandingShare share, int shape)
    {
        json.WriteStartArray();
        json.WriteNumberValue(shape);
        json.WriteStringValue(share.Scope);
        json.WriteNumberValue(share.Start);
        if (share.Ends is { } ends)
            json.WriteNumberValue(ends);
        else
            json.WriteNullValue();
        json.WriteNumberValue(share.Amount);
        json.WriteBooleanValue(share.Own);
        json.WriteEndArray();
    }
}
