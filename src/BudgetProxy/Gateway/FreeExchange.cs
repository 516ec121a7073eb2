using BudgetProxy.Core.Metering;
using BudgetProxy.Forwarding;

namespace BudgetProxy.Gateway;

/// <summary>The exchange of a route that costs nothing: body and answer just pass.</summary>
public sealed class FreeExchange(ProviderTarget target, string path) : ProviderExchange(target, path, null)
{
    protected override bool CutWhenLeft => true;

    protected override TimeSpan DrainLimit => TimeSpan.Zero;

    protected override bool Metered => false;

    protected override void SetHeaders(IHeaderDictionary headers)
    {
    }

    protected override StreamMeter CreateMeter() => throw new InvalidOperationException("A free route has no meter.");

    protected override ValueTask<bool> DurableAsync() => ValueTask.FromResult(true);
}
