namespace BudgetProxy.Tests.Stripe.Simulated;

/// <summary>What Stripe knows, by its own count. Safe for concurrent use: every reading is a copy of this instant.</summary>
internal sealed class StripeBooks
{
    private readonly List<SimulatedMeterEvent> _events = [];
    private readonly List<StripeCall> _calls = [];
    private readonly List<(StripeCall Call, int Status, string Body)> _refused = [];
    private readonly Dictionary<(string Customer, string EventName), (int Now, int Most)> _atOnce = [];

    /// <summary>Held while anything below is read or written.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Accepted, in the order of acceptance, those too that were thrown away afterwards.</summary>
    public IReadOnlyList<SimulatedMeterEvent> Events
    {
        get
        {
            lock (Gate)
                return [.. _events];
        }
    }

    /// <summary>Everything that arrived, in its order.</summary>
    public IReadOnlyList<StripeCall> Calls
    {
        get
        {
            lock (Gate)
                return [.. _calls];
        }
    }

    /// <summary>Everything that was answered with 400 or more, but for what was replayed.</summary>
    public IReadOnlyList<(StripeCall Call, int Status, string Body)> Refused
    {
        get
        {
            lock (Gate)
                return [.. _refused];
        }
    }

    /// <summary>What is billed to a customer: accepted, and not thrown away.</summary>
    public long Sum(string customer, string eventName) =>
        Events.Where(one => one.Counts && one.Customer == customer && one.EventName == eventName).Sum(one => one.Value);

    /// <summary>How many events of a customer and meter were under way at once, at most.</summary>
    public int MostAtOnce(string customer, string eventName)
    {
        lock (Gate)
            return _atOnce.GetValueOrDefault((customer, eventName)).Most;
    }

    /// <summary>The same over all customers and meters.</summary>
    public int MostAtOnceOfAny
    {
        get
        {
            lock (Gate)
                return _atOnce.Count == 0 ? 0 : _atOnce.Values.Max(one => one.Most);
        }
    }

    public void Note(StripeCall call)
    {
        lock (Gate)
            _calls.Add(call);
    }

    public void NoteRefusal(StripeCall call, StripeResult result)
    {
        lock (Gate)
            _refused.Add((call, result.Status, result.Body));
    }

    public void Accept(SimulatedMeterEvent accepted)
    {
        lock (Gate)
            _events.Add(accepted);
    }

    /// <returns>True = another of the same customer and meter is under way.</returns>
    public bool Begin(string customer, string eventName)
    {
        lock (Gate)
        {
            var (now, most) = _atOnce.GetValueOrDefault((customer, eventName));
            _atOnce[(customer, eventName)] = (now + 1, Math.Max(most, now + 1));
            return now > 0;
        }
    }

    public void End(string customer, string eventName)
    {
        lock (Gate)
        {
            var (now, most) = _atOnce[(customer, eventName)];
            _atOnce[(customer, eventName)] = (now - 1, most);
        }
    }
}
