using System.Text;
using BudgetProxy.Batches;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Batches;

public sealed class BatchOutcomesTests
{
    [Fact]
    public void The_order_of_the_results_and_their_repeats_change_nothing() => Prop.ForAll<byte[], int>((kinds, seed) =>
    {
        var results = kinds.Select((kind, line) => Result(line, kind)).Where(result => result is not null).Select(result => result!).ToList();
        var plain = Read(kinds.Length, results);
        var random = new Random(seed);
        var mixed = Read(kinds.Length, [.. results.Concat(results.Where(_ => random.Next(3) == 0)).OrderBy(_ => random.Next())]);
        for (var line = 0; line < kinds.Length; line++)
            Assert.Equal(plain[line], mixed[line] with { ServedModel = plain[line].ServedModel });
        Assert.Equal(plain.Answered, mixed.Answered);
        for (var line = 0; line < kinds.Length; line++)
            Assert.Equal(EndingOf(kinds[line]), plain[line].Ending);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_results_that_can_not_be_read_the_dearest_missing_lines_are_presumed()
    {
        var outcomes = Read(5, [Result(1, 0)!, "{\"custom", "not json"]);
        Assert.Equal(2, outcomes.Unreadable);
        outcomes.Presume(line => line == 0 ? 100 : 10 + line, all: false);
        Assert.Equal(
            [LineEnding.Presumed, LineEnding.Reported, LineEnding.Missing, LineEnding.Missing, LineEnding.Presumed],
            Enumerable.Range(0, 5).Select(line => outcomes[line].Ending));
    }

    [Fact]
    public void Where_nobody_knows_the_end_all_missing_lines_are_presumed()
    {
        var outcomes = Read(4, [Result(0, 0)!, Result(2, 1)!]);
        outcomes.Presume(_ => 1, all: true);
        Assert.Equal(
            [LineEnding.Reported, LineEnding.Presumed, LineEnding.Released, LineEnding.Presumed], Enumerable.Range(0, 4).Select(line => outcomes[line].Ending));
    }

    [Fact]
    public void Strangers_come_in_one_order_however_they_are_read()
    {
        var results = Enumerable.Range(10, 30).Select(line => Result(line, 0, output: line)!).ToList();
        var forwards = Read(3, results).BilledStrangers.Select(outcome => outcome.Usage.Output).ToList();
        results.Reverse();
        Assert.Equal(forwards, Read(3, [.. results, .. results]).BilledStrangers.Select(outcome => outcome.Usage.Output));
        Assert.Equal(30, forwards.Count);
    }

    private static LineEnding EndingOf(byte kind) => (kind % 5) switch
    {
        0 => LineEnding.Reported,
        1 => LineEnding.Released,
        2 => LineEnding.Presumed,
        3 => LineEnding.Released,
        _ => LineEnding.Missing,
    };

    private static string? Result(int line, byte kind, int output = 5) => (kind % 5) switch
    {
        0 => $$"""{"custom_id":"{{line}}","response":{"status_code":200,"body":{"model":"m{{line % 3}}","usage":{"prompt_tokens":{{line + 1}},"completion_tokens":{{output}}} } } }""",
        1 => $$"""{"custom_id":"{{line}}","response":{"status_code":500,"body":{"error":{"message":"x"} } } }""",
        2 => $$"""{"custom_id":"{{line}}","response":{"status_code":200,"body":{"model":"m"} } }""",
        3 => $$"""{"custom_id":"{{line}}","response":null,"error":{"code":"batch_expired"} }""",
        _ => null,
    };

    private static BatchOutcomes Read(int lines, List<string> results)
    {
        var outcomes = new BatchOutcomes(Provider.OpenAi, lines);
        outcomes.Expect([.. Enumerable.Range(0, lines).Select(line => new PricedLine(
            new BatchLine { CustomId = BatchEnvelope.HashOf($"{line}"), Api = ProviderApi.OpenAiChat, Model = "m", Tokens = 1, Bound = 1 }, null, new NanoUsd(1), default, []))]);
        for (var i = 0; i < results.Count; i++)
            outcomes.Take(i + 1, Encoding.UTF8.GetBytes(results[i]), tooLong: false);
        return outcomes;
    }
}
