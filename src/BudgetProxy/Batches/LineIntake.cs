using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>Reads, checks and counts the lines of a batch as they come, and keeps of each what its price depends on. One batch's, used once.</summary>
public sealed class LineIntake(LineRules rules)
{
    private static readonly GatewayRefusal Streamed = Invalid("A line of a batch can't be streamed: leave out stream.");
    private static readonly GatewayRefusal Tiered = Invalid("A line of a batch has the batch's own tier: leave out service_tier and speed.");
    private static readonly GatewayRefusal Repeated = Invalid("Another line has the same custom_id.");
    private static readonly GatewayRefusal OtherModel = Invalid("All lines of a file name the same model.");
    private static readonly GatewayRefusal OtherUrl = Invalid("All lines of a file name the same url.");

    /// <summary>Lines at fault after which the rest is not read.</summary>
    private const int MostProblems = 1_000;

    private readonly BatchEnvelope _envelope = new();
    private readonly ProviderRequest _request = new();
    private readonly HashSet<UInt128> _ids = [];
    private readonly List<BatchLine> _open = new(LineChunk.Size);
    private readonly List<byte[]> _chunks = [];
    private BatchLine? _first;

    /// <summary>Lines that were taken.</summary>
    public int Count { get; private set; }

    public LineProblems Problems { get; } = new();

    /// <summary>The wire format of the lines; null = there are none.</summary>
    public ProviderApi? Api => _first?.Api;

    private int MostLines => rules.Provider == Provider.Anthropic ? AnthropicBatchReader.MaxLines : OpenAiBatchReader.MaxLines;

    /// <summary>Takes one line. The body is gone when this returns.</summary>
    public void Take(int number, ReadOnlySpan<byte> item, bool tooLong)
    {
        if (Problems.IsCut)
            return;
        if (tooLong)
            Problems.Add(number, null, Refusals.TooLarge(rules.Options.MaxBodyBytes));
        else if (Count == MostLines)
            TooMany(number);
        else if (!ReadEnvelope(item, out var error))
            Problems.Add(number, NullIfEmpty(_envelope.CustomId), Refusals.InvalidRequest(error));
        else if (Read(item) is { } refusal)
            Problems.Add(number, _envelope.CustomId, refusal);
        if (Problems.Count == MostProblems)
            Problems.Cut();
    }

    /// <summary>All lines were taken: their chunks.</summary>
    public IReadOnlyList<byte[]> Finish()
    {
        if (_open.Count > 0)
            Close();
        return _chunks;
    }

    private void TooMany(int number)
    {
        Problems.Add(number, null, Invalid($"A batch has at most {MostLines} lines."));
        Problems.Cut();
    }

    private static GatewayRefusal Invalid(string message) => Refusals.InvalidRequest(new RequestError(message, null));

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private bool ReadEnvelope(ReadOnlySpan<byte> item, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out RequestError? error) =>
        rules.Provider == Provider.Anthropic
            ? AnthropicBatchReader.TryRead(item, _envelope, _request, out error)
            : OpenAiBatchReader.TryRead(item, _envelope, _request, out error);

    private GatewayRefusal? Read(ReadOnlySpan<byte> item)
    {
        var api = _envelope.Api;
        var body = item[_envelope.Body];
        _request.Allowances = rules.Options.Allowances.Of(api);
        if (!RequestReader.TryRead(api, body, _request, out var error))
            return Refusals.InvalidRequest(error);
        if (_request.Stream)
            return Streamed;
        if (_request.ServiceTier != ServiceTier.Standard)
            return Tiered;
        var rate = rules.RateOf(_request.Model);
        if (rate.Refusal is { } refusal)
            return refusal;
        if (rules.Provider == Provider.OpenAi && _first is not null && (_first.Model != _request.Model || _first.Api != api))
            return _first.Api != api ? OtherUrl : OtherModel;
        var id = BatchEnvelope.HashOf(_envelope.CustomId);
        if (!_ids.Add(id))
            return Repeated;
        Keep(BatchLine.Of(id, api, _request, Estimate(api, body, rate)));
        return null;
    }

    private InputEstimate Estimate(ProviderApi api, ReadOnlySpan<byte> body, LineRate rate)
    {
        _request.User = CallAttribution.Usable(_request.User);
        _request.LimitMayExceedModel = rules.LimitMayExceedModel;
        _request.Regional |= rules.Options.Providers[rules.Provider].IsRegional && !_request.RegionNamed;
        var counted = InputEstimator.Estimate(api, _request, body, rate.Rate!.Profile);
        return rate.IsPriced
            ? rules.Learner.Refine(new LearnedKey(rate.Rate.Provider, rate.Rate.Model, rules.Call.Tenant.Id), rate.Rate.Profile, counted)
            : counted;
    }

    private void Keep(BatchLine line)
    {
        _first ??= line;
        Count++;
        _open.Add(line);
        if (_open.Count == LineChunk.Size)
            Close();
    }

    private void Close()
    {
        _chunks.Add(LineChunk.OfLines(_open));
        _open.Clear();
    }
}
