using BudgetProxy.Demo;

namespace BudgetProxy.Tests.Demo;

public sealed class DemoTableTests
{
    private readonly StringWriter _output = new();

    [Fact]
    public void Fits_a_hundred_columns_and_has_no_escape_sequence_when_plain()
    {
        var table = DemoTable.On(_output, plain: true);
        table.Begin(new Uri("http://127.0.0.1:54321"), "http://127.0.0.1:54322");
        foreach (var step in DemoStep.All)
            table.Add(Served(step));
        table.Add(Refused(DemoStep.All[7]));
        table.ShowBooks(new DemoBooks(8, 1_234, 12_345, 8, 1_234, 12_345, 0.039m, new DemoBudget(0.039m, 0, 0.011m)));
        table.End([]);

        var text = _output.ToString();
        Assert.DoesNotContain('\e', text);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 100));
        Assert.Equal(DemoStep.All.Count, text.Split('\n').Count(line => line.EndsWith(" served", StringComparison.Ordinal)));
        var refusal = "refused with 402 budget_exceeded: could cost $0.020085, $0.010372 is left; never left the proxy";
        Assert.Contains(refusal, text, StringComparison.Ordinal);
        Assert.Contains("OPENAI", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Names_what_went_wrong_instead_of_the_next_steps()
    {
        DemoTable.On(_output, plain: true).End(["Call 3 [x] is not in the ledger."]);
        var text = _output.ToString();
        Assert.Contains("- Call 3 [x] is not in the ledger.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("curl", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_the_calls_fit_their_columns()
    {
        Assert.All(DemoStep.All, step => Assert.InRange(step.Model.Length, 1, 22));
        Assert.Contains(DemoStep.All, step => step is { Refused: true, Anthropic: true });
        Assert.Contains(DemoStep.All, step => step is { Refused: true, Anthropic: false });
    }

    private static DemoCall Served(DemoStep step) => new()
    {
        Number = 10,
        Step = step,
        Status = 200,
        EstimatedInput = 12_345,
        Reserved = 0.012345m,
        Cost = 0.0012345m,
        Left = 0.048m,
        Whole = true,
        Entry = new DemoEntry("r", 1_234, 700, 0.0012345m),
    };

    private static DemoCall Refused(DemoStep step) =>
        new() { Number = 11, Step = step, Status = 402, Code = "budget_exceeded", Reserved = 0.020085m, Left = 0.010372m };
}
