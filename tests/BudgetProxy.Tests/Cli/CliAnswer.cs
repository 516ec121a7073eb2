using System.Text.Json;

namespace BudgetProxy.Tests.Cli;

/// <summary>What the command line answered.</summary>
internal sealed record CliAnswer(int Code, string Output, string Error)
{
    public string[] Lines => Output.TrimEnd('\n').Split('\n');

    /// <summary>The answer as a program reads it.</summary>
    public JsonElement Json => JsonElement.Parse(Output);

    /// <summary>The answer of a success.</summary>
    public CliAnswer Ok()
    {
        Assert.True(Code == 0, $"{Code}: {Error}{Output}");
        Assert.Equal("", Error);
        return this;
    }

    /// <summary>A failure that says this, and prints no answer.</summary>
    public void Fails(int code, string message)
    {
        Assert.True(Code == code, $"{Code}: {Error}{Output}");
        Assert.Equal("", Output);
        Assert.Contains(message, Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
    }
}
