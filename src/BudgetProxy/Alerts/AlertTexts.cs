using System.Text.Json;

namespace BudgetProxy.Alerts;

/// <summary>How lists stand in rows.</summary>
internal static class AlertTexts
{
    public static string Json(IReadOnlyList<string> texts) => JsonSerializer.Serialize(texts, AlertJson.Default.IReadOnlyListString);

    public static IReadOnlyList<string> Texts(string json) => JsonSerializer.Deserialize(json, AlertJson.Default.IReadOnlyListString)!;

    public static string Json(IReadOnlyList<DeliveryAttempt> attempts) => JsonSerializer.Serialize(attempts, AlertJson.Default.IReadOnlyListDeliveryAttempt);

    public static IReadOnlyList<DeliveryAttempt> Attempts(string json) => JsonSerializer.Deserialize(json, AlertJson.Default.IReadOnlyListDeliveryAttempt)!;

    public static string Name(DeliveryState state) => state.ToString().ToLowerInvariant();

    public static DeliveryState State(string name) => Enum.Parse<DeliveryState>(name, ignoreCase: true);
}
