using System.Globalization;
using System.Text.RegularExpressions;
using BudgetProxy.Hosting;
using BudgetProxy.Tests.Conventions;
using Microsoft.Extensions.Configuration;

namespace BudgetProxy.Tests.Hosting;

/// <summary>What ships as docker-compose.yml fits the program that it starts. The containers themselves are not started here.</summary>
public sealed partial class ComposeTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["BUDGETPROXY_ADMIN_KEY"] = "0123456789abcdef",
        ["BUDGETPROXY_REDIS_PASSWORD"] = "redis0secret",
        ["BUDGETPROXY_POSTGRES_PASSWORD"] = "postgres0secret",
    };

    [Theory]
    [InlineData("proxy-1")]
    [InlineData("proxy-2")]
    public void Every_setting_of_a_proxy_is_one_and_is_valid(string proxy)
    {
        var options = Options(proxy);
        Assert.True(options.IsDistributed);
        Assert.Contains(Variables["BUDGETPROXY_REDIS_PASSWORD"], options.Redis, StringComparison.Ordinal);
        Assert.Contains(Variables["BUDGETPROXY_POSTGRES_PASSWORD"], options.Postgres, StringComparison.Ordinal);
        Assert.Equal(Variables["BUDGETPROXY_ADMIN_KEY"], options.AdminKey);
    }

    [Fact]
    public void A_secret_that_is_not_set_is_asked_for_by_name()
    {
        foreach (var name in Variables.Keys)
        {
            var others = Variables.Where(pair => pair.Key != name).ToDictionary();
            var error = Assert.Throws<KeyNotFoundException>(() => ComposeFile.Read(others));
            Assert.StartsWith($"{name}: set it", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("proxy-1")]
    [InlineData("proxy-2")]
    public void A_proxy_may_end_its_calls_before_Docker_kills_it(string proxy)
    {
        var grace = (string)ComposeFile.Read(Variables).Service(proxy)["stop_grace_period"];
        var seconds = int.Parse(grace.TrimEnd('s'), CultureInfo.InvariantCulture);
        Assert.True(TimeSpan.FromSeconds(seconds) > CallDrain.LimitOf(Options(proxy)));
    }

    [Theory]
    [InlineData("proxy-1")]
    [InlineData("proxy-2")]
    public void A_proxy_has_no_right_that_it_does_not_need(string proxy)
    {
        var service = ComposeFile.Read(Variables).Service(proxy);
        Assert.Equal("true", service["read_only"]);
        Assert.Equal(["ALL"], ComposeFile.List(service["cap_drop"]));
        Assert.Equal(["no-new-privileges:true"], ComposeFile.List(service["security_opt"]));
        Assert.StartsWith("/tmp:", Assert.Single(ComposeFile.List(service["tmpfs"])), StringComparison.Ordinal);
        // Its own volume: a data directory belongs to one process.
        Assert.Equal($"{proxy}:/data", Assert.Single(ComposeFile.List(service["volumes"])));
        Assert.False(service.ContainsKey("configs"), "Compose can't put an inline config into a read-only container.");
        Assert.False(service.ContainsKey("ports"));
    }

    [Fact]
    public void Only_the_balancer_is_reached_from_outside_and_from_this_machine_alone()
    {
        var compose = ComposeFile.Read(Variables);
        Assert.Equal("balancer", Assert.Single(compose.Services, name => compose.Service(name).ContainsKey("ports")));
        Assert.Equal(["127.0.0.1:8080:8080"], ComposeFile.List(compose.Service("balancer")["ports"]));
    }

    [Fact]
    public void The_balancer_sends_no_call_twice_and_cuts_none()
    {
        var lines = Lines("haproxy");
        Assert.Equal("retry-on conn-failure", Assert.Single(lines, line => line.StartsWith("retry-on", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Contains("on-marked-down", StringComparison.Ordinal) || line.Contains("http-buffer-request", StringComparison.Ordinal));
        Assert.Contains("http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host proxy", lines);
    }

    [Fact]
    public void Redis_keeps_every_write_and_never_evicts()
    {
        var lines = Lines("redis");
        Assert.Contains($"requirepass {Variables["BUDGETPROXY_REDIS_PASSWORD"]}", lines);
        Assert.Contains("maxmemory-policy noeviction", lines);
        Assert.Contains("appendonly yes", lines);
        Assert.Contains("appendfsync everysec", lines);
        Assert.Contains(lines, line => line.StartsWith("maxmemory ", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_image_has_an_exact_version()
    {
        var images = ImageName().Matches(File.ReadAllText(ComposeFile.FilePath)).Select(match => match.Value).ToList();
        Assert.Equal(5, images.Count);
        Assert.All(images, image => Assert.Matches(@":\d+\.\d+", image));
    }

    [Fact]
    public void The_Dockerfile_takes_the_images_that_the_compose_file_names_and_copies_what_there_is()
    {
        var lines = File.ReadAllLines(Path.Combine(SourceTree.Root, "src/BudgetProxy/Dockerfile"));
        foreach (var argument in new[] { "SDK_IMAGE", "RUNTIME_IMAGE" })
        {
            Assert.Contains(lines, line => line.StartsWith($"ARG {argument}=", StringComparison.Ordinal));
            Assert.Contains(lines, line => line.StartsWith($"FROM ${{{argument}}}", StringComparison.Ordinal));
        }

        foreach (var copy in lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal)))
        {
            foreach (var source in copy.Split(' ')[1..^1])
                Assert.True(Path.Exists(Path.Combine(SourceTree.Root, source)), source);
        }
    }

    private static ProxyOptions Options(string proxy)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(ComposeFile.Read(Variables).Settings(proxy)).Build();
        Assert.Empty(ProxyOptionsReader.Read(configuration, out var options));
        return options;
    }

    private static List<string> Lines(string config) =>
        [.. ComposeFile.Read(Variables).Config(config).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    [GeneratedRegex(@"(?<=(image|IMAGE): )\S*:\S+")]
    private static partial Regex ImageName();
}
