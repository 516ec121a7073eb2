using System.Reflection;

namespace BudgetProxy.Hosting;

/// <summary>What the program says of itself when it is not serving.</summary>
public static class CommandLine
{
    private const string Text = """
        BudgetProxy stands before OpenAI and Anthropic, prices every call before it leaves, and refuses the call that would go over a budget.

          dotnet run --project src/BudgetProxy -c Release              serve on http://127.0.0.1:8080
          dotnet run --project src/BudgetProxy -c Release -- demo      show the main job with no key and no network

        Options of serving:
          --urls http://127.0.0.1:8080      where to listen; several are separated by ;
          --BudgetProxy:NAME value          any setting below, as on any .NET host

        Settings, as environment variables (appsettings.json and the command line work too):
          BudgetProxy__DataDirectory                   where SQLite keeps all state                    ./data
          BudgetProxy__AdminKey                        bootstrap admin key, 16 characters or more      made and printed once
          BudgetProxy__Providers__openai__BaseUrl      without the /v1                                 https://api.openai.com
          BudgetProxy__Providers__openai__ApiKey       the provider's real key                         none
          BudgetProxy__Providers__anthropic__BaseUrl                                                   https://api.anthropic.com
          BudgetProxy__Providers__anthropic__ApiKey                                                    none
          BudgetProxy__OnUnpricedModel                 reject | allow (recorded at cost 0)             reject
          BudgetProxy__OnClientDisconnect              cut | drain (read on, charge exact usage)       cut
          BudgetProxy__ReservationLifetime             hh:mm:ss before an open call is charged         00:10:00
          BudgetProxy__MaxBodyBytes                    largest request body                            33554432

        README.md has the rest.
        """;

    public static int Help()
    {
        Console.WriteLine(Text);
        return 0;
    }

    public static int Version()
    {
        Console.WriteLine(typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        return 0;
    }

    public static int Unknown(string word)
    {
        Console.Error.WriteLine($"There is no command '{word}'. Run without a command to serve, with `demo` to see the main job, or with --help.");
        return 1;
    }
}
