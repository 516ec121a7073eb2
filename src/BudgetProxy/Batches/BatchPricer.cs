using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>
/// Prices the lines of a batch at the batch rates of this instant, one by one as calls are priced, and merges their shares of the tenant's budgets: by
/// budget and by the value it is counted by. One batch's, used once.
/// </summary>
/// <param name="rules">Their call has its caller.</param>
public sealed class BatchPricer(LineRules rules)
{
    /// <summary>Holds of one reservation at most, so that its one step stays short.</summary>
    public const int MostHolds = 200;

    private readonly ProviderRequest _request = new();
    private readonly Dictionary<(string User, string Model), int[]> _holdsOf = [];
    private readonly Dictionary<(int Budget, string Value), int> _numbers = [];
    private readonly List<(int Budget, string Value, Int128 Amount)> _holds = [];
    private readonly Dictionary<string, Int128> _models = new(StringComparer.Ordinal);
    private readonly List<Hold> _matching = [];
    private ProviderApi _api;
    private int _count;
    private Int128 _worst;
    private Int128 _expected;
    private Usage _usage;
    private long _input;
    private bool _isRegional = true;

    /// <summary>Lines that can't be taken at this price.</summary>
    public LineProblems Problems { get; } = new();

    /// <summary>Why the batch as a whole can't be taken; null = nothing so far.</summary>
    public GatewayRefusal? Refusal => Problems.ToRefusal() ?? (_holds.Count > MostHolds ? TooManyHolds() : null);

    /// <summary>The next chunk of lines with what is to be reserved for each.</summary>
    public byte[] Price(byte[] chunk)
    {
        var priced = new List<PricedLine>(LineChunk.Size);
        foreach (var line in LineChunk.ReadLines(chunk))
        {
            _count++;
            if (Price(line) is { } one)
                priced.Add(one);
        }

        return LineChunk.OfPriced(priced);
    }

    /// <summary>The whole; only where nothing was refused, and there are lines.</summary>
    public BatchQuote Conclude()
    {
        var model = _models.MaxBy(pair => pair.Value).Key;
        // What is presumed in the end, should no proxy live to see it, is charged where the batch's own caller counts.
        _ = HoldsOf(rules.Call.Caller.User, model);
        var order = Enumerable.Range(0, _holds.Count).OrderBy(number => _holds[number].Budget).ThenBy(number => number).ToArray();
        var places = new int[order.Length];
        for (var place = 0; place < order.Length; place++)
            places[order[place]] = place;
        return new BatchQuote
        {
            LineCount = _count,
            Api = _api,
            Model = model,
            Rates = RatesOf(),
            PricedAt = rules.Now,
            Regional = _isRegional,
            Expected = Cut(_expected),
            Worst = Cut(_worst),
            WorstUsage = _usage,
            InputTokens = _input,
            Holds = [.. order.Select(number => _holds[number]).Select(hold =>
                new Hold(rules.Call.Tenant.Budgets[hold.Budget], hold.Value, Cut(hold.Amount).Value))],
            Places = places,
        };
    }

    private Dictionary<string, string> RatesOf()
    {
        var rates = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var model in _models.Keys)
        {
            if (rules.RateOf(model).Id is { } id)
                rates.Add(model, id);
        }

        return rates;
    }

    private static NanoUsd Cut(Int128 sum) => new((long)Int128.Min(sum, NanoUsd.Ceiling.Value));

    private PricedLine? Price(BatchLine line)
    {
        var rate = rules.RateOf(line.Model);
        if (rate.Refusal is { } refusal)
        {
            Problems.Add(_count, null, refusal);
            return null;
        }

        var key = new LearnedKey(rules.Provider, rate.Rate!.Model, rules.Call.Tenant.Id);
        var expectation = rate.IsPriced && rules.Learner.ExpectedOutput(key) is { } output ? Expectation.Unknown with { Output = output } : Expectation.Unknown;
        var quote = line.Quote(rate.Rate, _request, expectation);
        if (rules.Call.Tenant.CeilingInForce is { } ceiling && quote.Worst > ceiling)
        {
            Problems.Add(_count, null, Refusals.TooExpensive(quote.Worst, ceiling));
            return null;
        }

        var user = rules.Call.Caller.User ?? line.User;
        var holds = HoldsOf(user, line.Model);
        Add(line, quote, holds);
        return new PricedLine(line, user, quote.Worst, quote.WorstUsage, holds);
    }

    private void Add(BatchLine line, Quote quote, int[] holds)
    {
        _api = line.Api;
        _worst += quote.Worst.Value;
        _expected += quote.Expected.Value;
        _usage = _usage + quote.WorstUsage;
        _input += quote.Input.Tokens;
        _isRegional &= quote.Regional;
        _models[line.Model] = _models.GetValueOrDefault(line.Model) + quote.Worst.Value;
        foreach (var number in holds)
        {
            var hold = _holds[number];
            var amount = BudgetMatcher.AskedOf(
                rules.Call.Tenant.Budgets[hold.Budget].LimitKind, quote.Worst, rules.Call.Tenant.MarkupBasisPoints, quote.WorstUsage.Total);
            _holds[number] = hold with { Amount = hold.Amount + amount };
        }
    }

    // The numbers of the holds that a line of this user and model has a share in.
    private int[] HoldsOf(string? user, string model)
    {
        if (_holdsOf.TryGetValue((user ?? "", model), out var known))
            return known;
        var budgets = rules.Call.Tenant.Budgets;
        _matching.Clear();
        BudgetMatcher.Match(budgets, rules.Call.Caller with { User = user }, rules.Provider, model, default(CallBounds), _matching);
        var numbers = new int[_matching.Count];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = NumberOf(IndexOf(budgets, _matching[i].Budget), _matching[i].ScopeValue);
        // One that is refused for its many holds needs no memory of them.
        if (_holds.Count <= MostHolds)
            _holdsOf[(user ?? "", model)] = numbers;
        return numbers;
    }

    private int NumberOf(int budget, string value)
    {
        if (_numbers.TryGetValue((budget, value), out var number))
            return number;
        number = _holds.Count;
        _numbers.Add((budget, value), number);
        _holds.Add((budget, value, 0));
        return number;
    }

    private static int IndexOf(IReadOnlyList<Budget> budgets, Budget budget)
    {
        var at = 0;
        while (!ReferenceEquals(budgets[at], budget))
            at++;
        return at;
    }

    private GatewayRefusal TooManyHolds() => new(
        StatusCodes.Status400BadRequest, "invalid_request",
        $"This batch counts in {_holds.Count} counters of budgets; one can count in at most {MostHolds}. Put fewer users into one batch.");
}
