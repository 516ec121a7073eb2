using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Batches;

/// <summary>
/// Gathers what became of each line, in whatever order the results come and as often as they are read: what is settled then goes by the lines' own order, so
/// that a proxy that reads them again settles the same parts. Some 100 bytes a line.
/// </summary>
public sealed class BatchOutcomes
{
    /// <summary>Results of lines that are not the batch's own are priced up to so many; a provider sends none.</summary>
    private const int MostStrangers = 10_000;

    private readonly Provider _provider;
    private readonly Dictionary<UInt128, int> _numbers;
    private readonly List<(ProviderApi Api, CacheWrite CacheWrite)> _facts;
    private readonly List<LineOutcome> _outcomes;
    private readonly Dictionary<UInt128, LineOutcome> _strangers = [];
    private readonly List<string> _models = [];
    private readonly Dictionary<string, short> _modelNumbers = new(StringComparer.Ordinal);

    /// <param name="lines">How many there will be.</param>
    public BatchOutcomes(Provider provider, int lines)
    {
        _provider = provider;
        _numbers = new Dictionary<UInt128, int>(lines);
        _facts = new List<(ProviderApi, CacheWrite)>(lines);
        _outcomes = new List<LineOutcome>(lines);
    }

    /// <summary>The models that served, as the answers name them.</summary>
    public IReadOnlyList<string> ServedModels => _models;

    /// <summary>Lines that were answered with success.</summary>
    public int Answered { get; private set; }

    /// <summary>Lines that have a result, good or not.</summary>
    public int Ended { get; private set; }

    /// <summary>Results that could not be read at all, not even whose they are.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Results that name a line which is not the batch's.</summary>
    public int Strangers { get; private set; }

    /// <summary>Results that name a line of the batch.</summary>
    public int Known { get; private set; }

    /// <summary>Lines of the batch.</summary>
    public int Count => _outcomes.Count;

    /// <summary>What became of a line.</summary>
    /// <param name="number">From 0.</param>
    public LineOutcome this[int number] => _outcomes[number];

    /// <summary>Billed results that no line of the batch stands for, in an order that is the same each time.</summary>
    public IReadOnlyList<LineOutcome> BilledStrangers => [.. _strangers.OrderBy(pair => pair.Key).Select(pair => pair.Value).Where(outcome => outcome.Ending == LineEnding.Reported)];

    /// <summary>Makes the next lines known.</summary>
    public void Expect(IReadOnlyList<PricedLine> lines)
    {
        foreach (var line in lines)
        {
            _numbers[line.Line.CustomId] = _outcomes.Count;
            _facts.Add((line.Line.Api, line.Line.CacheWrite));
            _outcomes.Add(LineOutcome.Missing);
        }
    }

    /// <summary>Takes one line of the results.</summary>
    public void Take(int number, ReadOnlySpan<byte> item, bool tooLong)
    {
        if (tooLong || !BatchAnswerReader.TryRead(_provider, item, out var answer))
        {
            Unreadable++;
            return;
        }

        var id = BatchEnvelope.HashOf(answer.CustomId);
        if (_numbers.TryGetValue(id, out var line))
            TakeOwn(line, item, answer);
        else
            TakeStranger(id, item, answer);
    }

    /// <summary>
    /// Charges the worst of lines that no result names: of the dearest, as many as could not be read, or of all.
    /// </summary>
    /// <param name="worst">What is reserved for a line, in nano-dollars.</param>
    public void Presume(Func<int, long> worst, bool all)
    {
        if (!all && Unreadable == 0)
            return;
        var missing = Enumerable.Range(0, Count).Where(line => _outcomes[line].Ending == LineEnding.Missing);
        foreach (var line in all ? missing.ToList() : [.. missing.OrderByDescending(worst).ThenBy(line => line).Take(Unreadable)])
            _outcomes[line] = LineOutcome.Missing with { Ending = LineEnding.Presumed };
    }

    private void TakeOwn(int line, ReadOnlySpan<byte> item, in BatchAnswer answer)
    {
        Known++;
        // A second result of the same line is none.
        if (_outcomes[line].Ending != LineEnding.Missing)
            return;
        Ended++;
        if (answer.Status is >= 200 and < 300)
            Answered++;
        var (api, cacheWrite) = _facts[line];
        _outcomes[line] = Read(api, cacheWrite, item, answer);
    }

    private void TakeStranger(UInt128 id, ReadOnlySpan<byte> item, in BatchAnswer answer)
    {
        Strangers++;
        if (_strangers.Count < MostStrangers)
            _strangers.TryAdd(id, Read(_facts.Count > 0 ? _facts[0].Api : default, CacheWrite.Long, item, answer));
    }

    private LineOutcome Read(ProviderApi api, CacheWrite cacheWrite, ReadOnlySpan<byte> item, in BatchAnswer answer)
    {
        var reading = answer.HasBody ? AnswerMeter.Read(api, item[answer.Body], cacheWrite) : default;
        var status = (short)Math.Clamp(answer.Status, 0, short.MaxValue);
        if (reading.Usage is { } usage && (reading.Finished || api != ProviderApi.AnthropicMessages))
            return new LineOutcome(LineEnding.Reported, usage, status, reading.Regional, NumberOf(reading.ServedModel), reading.Unknown);
        // As with a call: errors bill nothing, and a good answer without its usage may have cost the worst.
        return LineOutcome.Missing with { Ending = answer.Status is >= 200 and < 300 ? LineEnding.Presumed : LineEnding.Released, Status = status };
    }

    private short NumberOf(string? model)
    {
        if (model is null)
            return -1;
        if (_modelNumbers.TryGetValue(model, out var number))
            return number;
        if (_models.Count == short.MaxValue)
            return -1;
        _models.Add(model);
        return _modelNumbers[model] = (short)(_models.Count - 1);
    }
}
