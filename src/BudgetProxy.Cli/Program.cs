using BudgetProxy.Cli;

return await CommandTree.RunAsync(args);
