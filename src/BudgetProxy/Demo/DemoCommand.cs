using System.Security.Cryptography;
using System.Text;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Hosting;

namespace BudgetProxy.Demo;

/// <summary><c>demo</c>: the main job with no key and no network, in this process, on free loopback ports, leaving nothing behind.</summary>
public static class DemoCommand
{
    private const string OpenAiKey = "sk-simulated";
    private const string AnthropicKey = "sk-ant-simulated";

    private const string Help = """
        dotnet run --project src/BudgetProxy -c Release -- demo

        Starts the proxy and a simulated OpenAI and Anthropic on free loopback ports, makes a tenant with a small
        budget, and sends real calls through the proxy, streamed and not, until the budget refuses one before it
        leaves. Needs no key and no network. Exit code 0: everything was as it must be.
        """;

    /// <param name="args">What follows <c>demo</c> on the command line.</param>
    /// <param name="buildProxy">Builds the real proxy from command-line arguments.</param>
    /// <returns>Exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> buildProxy)
    {
        if (args.Length > 0)
        {
            Console.WriteLine(Help);
            return args is ["--help" or "-h"] ? 0 : 1;
        }

        var data = Directory.CreateTempSubdirectory("budgetproxy-demo-");
        try
        {
            return await RunAsync(buildProxy, data.FullName);
        }
        catch (ConfigurationException wrong)
        {
            // What the demo does not set itself comes from the environment, and can be wrong there.
            await Console.Error.WriteLineAsync(wrong.Message);
            return 1;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(Func<string[], WebApplication> buildProxy, string dataDirectory)
    {
        await using var provider = await SimulatedProvider.StartAsync(new SimulatedProviderOptions
        {
            OpenAiKey = OpenAiKey,
            AnthropicKey = AnthropicKey,
            CountText = static (_, text) => TokenCounter.For(TokenEncoding.O200kBase).Count(Encoding.UTF8.GetBytes(text)),
        });
        var adminKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await using var proxy = buildProxy(ProxyArguments(provider, adminKey, dataDirectory));
        await proxy.StartAsync();
        var exitCode = await new DemoScenario(new Uri(proxy.Urls.First()), adminKey, provider, DemoTable.OnConsole()).RunAsync();
        await proxy.StopAsync();
        return exitCode;
    }

    /// <summary>Whatever the environment configures, the demo runs embedded and reaches no real provider.</summary>
    private static string[] ProxyArguments(SimulatedProvider provider, string adminKey, string dataDirectory) =>
    [
        "--urls", "http://127.0.0.1:0",
        "--BudgetProxy:DataDirectory", dataDirectory,
        "--BudgetProxy:Redis", "",
        "--BudgetProxy:Postgres", "",
        "--BudgetProxy:DirectoryFile", "",
        "--BudgetProxy:DirectoryFilePrune", "",
        "--BudgetProxy:Stripe:ApiKey", "",
        "--BudgetProxy:AdminKey", adminKey,
        "--BudgetProxy:Providers:openai:BaseUrl", provider.OpenAiBaseUrl,
        "--BudgetProxy:Providers:openai:ApiKey", OpenAiKey,
        "--BudgetProxy:Providers:anthropic:BaseUrl", provider.AnthropicBaseUrl,
        "--BudgetProxy:Providers:anthropic:ApiKey", AnthropicKey,
        "--Logging:LogLevel:Default", "Warning",
    ];
}
