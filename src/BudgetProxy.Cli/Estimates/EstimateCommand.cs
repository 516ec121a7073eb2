using System.CommandLine;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;
using BudgetProxy.Cli.Proxies;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Rates.Calculator;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Cli.Estimates;

/// <summary><c>budgetproxy estimate</c>: what a workload would cost on one model or several, side by side.</summary>
internal sealed class EstimateCommand
{
    public const string Examples = """
        Examples:
          Ten thousand documents of 2,000 tokens, each summed up in 500:
            budgetproxy estimate --model gpt-4o-mini,claude-haiku-4-5 --requests 10k --input 2000 --output 500
          A million requests a month that share a system prompt of 1,500 tokens:
            budgetproxy estimate --model claude-sonnet-4-5 --requests 1M --per month --cached-prefix 1500 --input 200 --output 150
          The same texts as they lie on disk, counted, in a batch:
            budgetproxy estimate --model gpt-4o-mini --file 'docs/**/*.txt' --output 500 --batch
          By the rates of a running proxy:
            BUDGETPROXY_ADMIN_KEY=... budgetproxy estimate --url http://127.0.0.1:8080 --model gpt-4o-mini --input 2000

        Exit codes: 0 priced, 1 it can't be (an unknown model, no such file, no proxy), 2 the command line is wrong.
        """;

    private readonly Option<string[]> _models = new("--model", "-m")
    {
        Description = "Models by id or alias, or provider/id; separated by commas", HelpName = "ids", Required = true, AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<long?> _requests = Count("--requests", "How many requests; 1, or one a file, where left out");
    private readonly Option<long?> _input = Count("--input", "Input tokens of each, beside the cached prefix");
    private readonly Option<long?> _output = Count("--output", "Output tokens of each, reasoning included");
    private readonly Option<string[]> _files = new("--file")
    {
        Description = "Texts that are a request each, counted; * ? and ** stand for any. With --requests, that many spread over them",
        HelpName = "pattern", AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<long?> _prefix = Count("--cached-prefix", "Tokens that all requests begin with, beside --input");
    private readonly Option<string> _cache = Choice("--cache", "Whether that is cached; 1h asks for the longer time (Anthropic 1 hour, OpenAI 12 hours or a day)", "on", CacheNames.All);
    private readonly Option<long?> _share = Count("--requests-per-write", "Write the prefix once in so many requests, instead of as --per and the cache's lifetime say");
    private readonly Option<TimeSpan?> _lifetime = new("--cache-lifetime") { Description = "How long the prefix lives unused, if not as the provider says", HelpName = "5m", CustomParser = QuantityText.Duration };
    private readonly Option<string?> _per = Choice<string?>("--per", "In what time the requests come, evenly spread", null, Lower<WorkloadPeriod>());
    private readonly Option<bool> _batch = new("--batch") { Description = "By the batch API: --tier batch" };
    private readonly Option<string> _tier = Choice("--tier", "Which prices", "standard", Lower<ServiceTier>());
    private readonly Option<bool> _regional = new("--regional") { Description = "With the surcharge for calls tied to a region" };
    private readonly Option<long?> _toolCalls = Count("--tool-calls", "Calls of server-side tools with a fee (web searches) in each request");
    private readonly Option<DateTimeOffset?> _at = new("--at") { Description = "Whose prices: of this date or instant; now, where left out", HelpName = "2026-11-28", CustomParser = QuantityText.Instant };
    private readonly Option<string?> _rates = new("--rates") { Description = "Prices from this file in place of the card shipped; in the form of rate-card.json", HelpName = "file" };
    private readonly Option<bool> _json = new("--json") { Description = "The answer as JSON, as POST /admin/v1/estimate gives it" };
    private readonly Option<bool> _csv = new("--csv") { Description = "The answer as CSV, a line a model" };
    private readonly ProxyOptions _proxy = new();
    private readonly Option<string?> _tenant = new("--tenant") { Description = "With --url: this tenant's own prices before the list's; its markup is not added", HelpName = "id" };

    private EstimateCommand()
    {
    }

    public static Command Create()
    {
        var options = new EstimateCommand();
        var command = new Command("estimate", "What a workload would cost, on one model or several side by side. Needs no network and no key.");
        Option[] all =
        [
            options._models, options._requests, options._input, options._output, options._files, options._prefix, options._cache, options._share, options._lifetime,
            options._per, options._batch, options._tier, options._regional, options._toolCalls, options._at, options._rates,
        ];
        foreach (var option in all)
            command.Add(option);
        options._proxy.AddTo(command);
        command.Add(options._tenant);
        command.Add(options._json);
        command.Add(options._csv);
        options._models.CompletionSources.Add(_ => RateCard.Shipped.Rates.Where(rate => rate.Tokens is not null).SelectMany(rate => rate.Aliases.Prepend(rate.Model)).Distinct());
        command.SetAction(options.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var question = Read(parsed);
        if (parsed.GetValue(_json) && parsed.GetValue(_csv))
            throw CommandException.Misuse("--json and --csv: give one of the two.");
        var proxy = _proxy.Read(parsed);
        if (proxy is not null && parsed.GetValue(_rates) is not null)
            throw CommandException.Misuse("--rates and --url: give one of the two.");
        if (proxy is null && question.Tenant is not null)
            throw CommandException.Misuse("--tenant is for a running proxy: name it with --url.");
        var answer = proxy is not null
            ? await RemoteEstimates.AskAsync(proxy, question, cancellationToken)
            : LocalEstimates.Of(question, CardOf(parsed));
        if (parsed.GetValue(_json))
            Console.WriteLine(EstimateText.Json(answer));
        else if (parsed.GetValue(_csv))
            EstimateText.WriteCsv(answer, Console.Out);
        else
            new EstimateTable(Terminal.OnConsole()).Write(question, answer);
        return 0;
    }

    private EstimateQuestion Read(ParseResult parsed)
    {
        var patterns = parsed.GetValue(_files) ?? [];
        var question = new EstimateQuestion
        {
            Models = [.. parsed.GetValue(_models)!.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.Ordinal)],
            Files = patterns.Length == 0 ? null : CountedFiles.Read(patterns),
            Requests = parsed.GetValue(_requests),
            Input = parsed.GetValue(_input) ?? 0,
            Tenant = parsed.GetValue(_tenant),
            At = parsed.GetValue(_at) ?? TimeProvider.System.GetUtcNow(),
            Rest = new Workload
            {
                Inputs = [],
                OutputTokens = parsed.GetValue(_output) ?? 0,
                CachedPrefixTokens = parsed.GetValue(_prefix) ?? 0,
                Cache = CacheNames.TryParse(parsed.GetValue(_cache)!, out var cache) ? cache : CacheWrite.Short,
                RequestsPerWrite = parsed.GetValue(_share),
                CacheLifetime = parsed.GetValue(_lifetime),
                Per = parsed.GetValue(_per) is { } per ? Enum.Parse<WorkloadPeriod>(per, ignoreCase: true) : null,
                Tier = TierOf(parsed),
                Regional = parsed.GetValue(_regional),
                ToolCalls = parsed.GetValue(_toolCalls) ?? 0,
            },
        };
        if (question.Models.Count == 0)
            throw CommandException.Misuse("--model: name at least one.");
        if (question.Files is { } files && question.Requests < files.Count)
            throw CommandException.Misuse($"--requests {question.Requests:N0} is fewer than the {files.Count:N0} files, each of which is a request.");
        if (question.Files is null)
            question.Check();
        return question;
    }

    private ServiceTier TierOf(ParseResult parsed)
    {
        var tier = Enum.Parse<ServiceTier>(parsed.GetValue(_tier)!, ignoreCase: true);
        if (!parsed.GetValue(_batch))
            return tier;
        return tier is ServiceTier.Standard or ServiceTier.Batch
            ? ServiceTier.Batch
            : throw CommandException.Misuse($"--batch and --tier {parsed.GetValue(_tier)}: a batch has no other tier.");
    }

    private RateCard CardOf(ParseResult parsed) => parsed.GetValue(_rates) is { } path ? RateFile.Read(path) : RateCard.Shipped;

    private static Option<long?> Count(string name, string description) => new(name) { Description = description, HelpName = "n", CustomParser = QuantityText.Count };

    private static Option<T> Choice<T>(string name, string description, T byDefault, IReadOnlyList<string> choices)
    {
        var option = new Option<T>(name) { Description = description };
        if (byDefault is not null)
            option.DefaultValueFactory = _ => byDefault;
        option.AcceptOnlyFromAmong([.. choices]);
        return option;
    }

    private static List<string> Lower<TEnum>()
        where TEnum : struct, Enum => [.. Enum.GetNames<TEnum>().Select(name => name.ToLowerInvariant())];
}
