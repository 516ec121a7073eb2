using System.CommandLine;
using System.Text.Json.Nodes;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;

namespace BudgetProxy.Cli.Keys;

/// <summary><c>keys rotate</c>.</summary>
internal sealed class KeyRotateCommand : ProxyCommand
{
    private readonly Argument<string> _tenant = Named.Tenant();
    private readonly Argument<string> _id = Named.Of("id", "The id of the key to replace");
    private readonly Option<TimeSpan?> _overlap = new("--overlap") { Description = "How long the old key goes on; a day, where left out, 0s = it ends at once", HelpName = "1d", CustomParser = QuantityText.Duration };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print the new key and nothing else" };

    public KeyRotateCommand()
        : base(
            "rotate", "Makes a key like another and lets the other go on for a while",
            """
            budgetproxy keys rotate acme key_01a2
            budgetproxy keys rotate acme key_01a2 --overlap 7d --quiet
            budgetproxy keys rotate acme key_01a2 --overlap 0s
            """)
    {
        Fields.Instant("--expires", "expiresAt", "When the new key ends, or in what time from now")
            .Add(new FieldOption(_overlap, "overlapSeconds", parsed => JsonValue.Create((long)parsed.GetValue(_overlap)!.Value.TotalSeconds), (body, value) => body["overlapSeconds"] = value));
        Takes(_tenant, _id);
        TakesFields();
        Takes(_quiet);
    }

    protected override async Task<int> RunAsync(CommandCall call, CancellationToken cancellationToken)
    {
        var body = new JsonObject();
        Fields.Apply(call.Parsed, body);
        var id = call.Get(_id);
        var answer = await call.Client.PostAsync(AdminQuery.Path("tenants", call.Get(_tenant), "keys", id, "rotate"), body, cancellationToken);
        var overlap = call.Get(_overlap) ?? TimeSpan.FromDays(1);
        return KeyAnswer.Show(call, answer.Json, call.Get(_quiet), $"It replaces {answer.Json.Text("replaces") ?? id}, which {(overlap == TimeSpan.Zero ? "has ended" : $"goes on for {QuantityText.Of(overlap)}")}.");
    }
}
