using BudgetProxy.Demo;
using BudgetProxy.Hosting;

return args switch
{
    ["demo", .. var rest] => await DemoCommand.RunAsync(rest, ProxyHost.Build),
    ["--help" or "-h" or "help", ..] => CommandLine.Help(),
    ["--version", ..] => CommandLine.Version(),
    ["--health", .. var rest] => await CommandLine.HealthAsync(rest),
    [var word, ..] when !word.StartsWith('-') => CommandLine.Unknown(word),
    _ when args.Contains(CommandLine.MigrateOnly) => await ProxyHost.MigrateAsync([.. args.Where(arg => arg != CommandLine.MigrateOnly)]),
    _ => await ProxyHost.RunAsync(args),
};
