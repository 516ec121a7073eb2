using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Doctor;

/// <summary><c>budgetproxy doctor</c>: checks a running proxy, or the settings of one that is to run here, and says what to do.</summary>
internal sealed class DoctorCommand : ExampleCommand
{
    private readonly ProxyOptions _proxy = new();
    private readonly Option<bool> _config = new("--config") { Description = "Check the proxy's own settings (BudgetProxy__…) in this environment, without a running proxy" };
    private readonly Option<string?> _envFile = new("--env-file") { Description = "With --config: settings from this file of NAME=value lines, before those of the environment", HelpName = "file" };
    private readonly Option<bool> _json = new("--json") { Description = "The findings as JSON" };

    public DoctorCommand()
        : base(
            "doctor", "Checks address, key, stores, provider credentials, clocks, rates and versions, and says what to do; exit code 1 where anything fails",
            """
            budgetproxy doctor
            budgetproxy doctor --json | jq '.findings[] | select(.verdict != "ok")'
            budgetproxy doctor --config --env-file /etc/budgetproxy.env
            """)
    {
        Add(_config);
        Add(_envFile);
        Add(_json);
        _proxy.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var offline = parsed.GetValue(_config);
        if (!offline && parsed.GetValue(_envFile) is not null)
            throw CommandException.Misuse("--env-file is for --config.");
        var terminal = Terminal.OnConsole();
        var findings = new List<Finding>();
        var checks = offline ? new SettingChecks(Settings.Read(parsed.GetValue(_envFile))).RunAsync(cancellationToken) : new ProxyChecks(_proxy.Require(parsed)).RunAsync(cancellationToken);
        await foreach (var finding in checks.WithCancellation(cancellationToken))
        {
            findings.Add(finding);
            if (!parsed.GetValue(_json))
                Write(terminal, finding);
        }

        var failed = findings.Count(finding => finding.Verdict == Verdict.Fail);
        var warned = findings.Count(finding => finding.Verdict == Verdict.Warn);
        if (parsed.GetValue(_json))
            Console.WriteLine(Document(findings).ToJsonString(new(JsonText.Compact) { WriteIndented = true }));
        else
            terminal.Line($"{Environment.NewLine}{findings.Count} checks: {failed} failed, {warned} to look at.", failed > 0 ? Tone.Bad : warned > 0 ? Tone.Warning : Tone.Good);
        return failed > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Write(Terminal terminal, Finding finding)
    {
        var (word, tone) = finding.Verdict switch { Verdict.Ok => ("ok  ", Tone.Good), Verdict.Warn => ("warn", Tone.Warning), _ => ("FAIL", Tone.Bad) };
        terminal.Write(word, tone);
        terminal.Write($"  {finding.Check,-22}  ", Tone.Strong);
        terminal.Line(Terminal.Clean(finding.Detail));
        if (finding.Advice is { } advice)
            terminal.Wrapped("      " + Terminal.Clean(advice), 6);
    }

    private static JsonObject Document(List<Finding> findings) => new()
    {
        ["ok"] = findings.TrueForAll(finding => finding.Verdict != Verdict.Fail),
        ["findings"] = new JsonArray(
        [
            .. findings.Select(finding => new JsonObject
            {
                ["verdict"] = finding.Verdict switch { Verdict.Ok => "ok", Verdict.Warn => "warn", _ => "fail" },
                ["check"] = finding.Check,
                ["detail"] = finding.Detail,
                ["advice"] = finding.Advice,
            }),
        ]),
    };
}
