using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Benchmarks.Pricing;

/// <summary>A call to price again and again, and the best of its rounds: the machine's other work only ever makes a round slower.</summary>
internal sealed class PricingCase(string name, Rate rate, ProviderRequest request, InputEstimate input, Usage usage)
{
    private double _best = double.MaxValue;
    private double _bestDecimal = double.MaxValue;
    private long _allocated;

    public Rate Rate => rate;

    public ProviderRequest Request => request;

    public InputEstimate Input => input;

    public Usage Usage => usage;

    public Quote Quote { get; } = Quote.Of(rate, request, input, Expectation.Unknown);

    public void Add(double nanoseconds, double inDecimal, long allocated)
    {
        _best = Math.Min(_best, nanoseconds);
        _bestDecimal = Math.Min(_bestDecimal, inDecimal);
        _allocated = Math.Max(_allocated, allocated);
    }

    public string Row() => $"| {name} | {_best:N0} | **{_best / _bestDecimal:0.00}** | {_allocated} |";
}
