using BudgetProxy.Demo;
using BudgetProxy.Hosting;

return args switch
{
    ["demo", .. var rest] => await DemoCommand.RunAsync(rest, ProxyHost.Build),
    ["--help" or "-h" or "help", ..] => CommandLine.Help(),
    ["--version", ..] => CommandLine.Version(),
    [var word, ..] when !word.StartsWith('-') => CommandLine.Unknown(word),
    _ => await ProxyHost.RunAsync(args),
};
