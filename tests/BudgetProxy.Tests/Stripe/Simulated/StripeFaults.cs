namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>What goes wrong, and with which calls. Safe for concurrent use.</summary>
internal sealed class StripeFaults
{
    private readonly Lock _gate = new();
    private readonly List<(Func<StripeCall, bool> Which, StripeFault Fault, int[] Left)> _rules = [];

    /// <summary>True: every connection is reset as soon as a request begins.</summary>
    public bool Away { get; set; }

    /// <summary>How long a meter event holds its customer and meter.</summary>
    public TimeSpan Hold { get; set; }

    /// <summary>Asked for every call that no rule names; null = nothing goes wrong.</summary>
    public Func<StripeCall, StripeFault?>? Script { get; set; }

    /// <param name="which">Null = any meter event.</param>
    /// <param name="times">How many calls it happens to; the rule is spent then.</param>
    public void Add(StripeFault fault, Func<StripeCall, bool>? which = null, int times = 1)
    {
        lock (_gate)
            _rules.Add((which ?? (static call => call.IsMeterEvent), fault, [times]));
    }

    /// <summary>Happens to the meter event of this number, counted from 1 over all that arrive.</summary>
    public void AddAt(int eventNumber, StripeFault fault) => Add(fault, call => call.EventNumber == eventNumber);

    public void Clear()
    {
        lock (_gate)
            _rules.Clear();
        (Script, Away, Hold) = (null, false, default);
    }

    public StripeFault? Of(StripeCall call)
    {
        lock (_gate)
        {
            foreach (var (which, fault, left) in _rules)
            {
                if (left[0] > 0 && which(call))
                {
                    left[0]--;
                    return fault;
                }
            }
        }

        return Script?.Invoke(call);
    }
}
