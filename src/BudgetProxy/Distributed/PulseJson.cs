using System.Text.Json.Serialization;
using BudgetProxy.Insight;

namespace BudgetProxy.Distributed;

/// <summary>How a proxy's pulse stands in its row.</summary>
[JsonSerializable(typeof(ProxyPulse))]
internal sealed partial class PulseJson : JsonSerializerContext;
