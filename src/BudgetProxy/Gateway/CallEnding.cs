using BudgetProxy.Core.Metering;

namespace BudgetProxy.Gateway;

/// <summary>How the exchange with the provider ended, as far as the books care.</summary>
/// <param name="Status">HTTP status of the provider's answer; 0 = none came.</param>
/// <param name="Dispatched">True once bytes of the body went out.</param>
/// <param name="Streamed">True when the answer came as a stream of events.</param>
/// <param name="Abandoned">True when the client left before the end, or the process had to stop.</param>
/// <param name="Reading">What the answer said.</param>
public readonly record struct CallEnding(int Status, bool Dispatched, bool Streamed, bool Abandoned, MeterReading Reading);
