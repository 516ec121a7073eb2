using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using BudgetProxy.Core.Money;
using BudgetProxy.Hosting;
using BudgetProxy.Tests.Cli;
using Microsoft.AspNetCore.Components;

namespace BudgetProxy.Tests.Conventions;

/// <summary>Holds the shape of the source: a rule nobody runs is a wish.</summary>
public sealed partial class ConventionTests
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 70;
    private const int MaxConstructorParameters = 5;

    private static readonly Assembly[] Assemblies = [typeof(NanoUsd).Assembly, typeof(ProxyOptions).Assembly, CliProgram.Load()];

    /// <summary>Core's folders; each may use only those before it.</summary>
    private static readonly string[] CoreOrder = ["Money", "Requests", "Tokens", "Learning", "Rates", "Budgets", "Metering"];

    /// <summary>What each folder of the proxy must not know: stages don't see each other, and nothing earlier sees anything later.</summary>
    private static readonly Dictionary<string, string[]> Forbidden = new()
    {
        ["Audit"] = ["Batches", "Gateway", "Tenants", "Forwarding", "Ledger", "Admin", "Demo", "Embedded", "Distributed", "Storage", "Hosting"],
        ["Tenants"] = ["Batches", "Gateway", "Forwarding", "Ledger", "Admin", "Demo", "Embedded", "Distributed", "Storage"],
        ["Reservations"] = ["Batches", "Gateway", "Tenants", "Forwarding", "Admin", "Demo", "Embedded", "Distributed", "Storage", "Hosting"],
        ["Ledger"] = ["Batches", "Gateway", "Tenants", "Forwarding", "Reservations", "Admin", "Demo", "Embedded", "Distributed", "Storage", "Hosting"],
        ["Forwarding"] = ["Batches", "Gateway", "Tenants", "Reservations", "Ledger", "Admin", "Demo", "Embedded", "Distributed", "Storage"],
        ["Learning"] = ["Batches", "Gateway", "Forwarding", "Ledger", "Admin", "Demo", "Embedded", "Distributed", "Storage"],
        ["Rates"] = ["Batches", "Gateway", "Forwarding", "Admin", "Demo", "Embedded", "Distributed"],
        ["Gateway"] = ["Batches", "Admin", "Demo", "Embedded", "Distributed", "Storage"],
        ["Batches"] = ["Admin", "Demo", "Embedded", "Distributed", "Storage"],
        ["Alerts"] = ["Batches", "Gateway", "Forwarding", "Admin", "Demo", "Embedded", "Distributed", "Storage"],
        ["Runs"] = ["Batches", "Gateway", "Checks", "Forwarding", "Admin", "Demo", "Embedded", "Distributed", "Storage", "Hosting"],
        ["Checks"] = ["Batches", "Demo", "Embedded", "Distributed", "Storage"],
        ["Stripe"] = ["Batches", "Gateway", "Forwarding", "Admin", "Demo", "Embedded", "Distributed", "Storage"],
        ["Storage"] = ["Batches", "Gateway", "Forwarding", "Reservations", "Ledger", "Admin", "Demo", "Embedded", "Distributed", "Hosting"],
        ["Embedded"] = ["Gateway", "Forwarding", "Admin", "Demo", "Distributed"],
        ["Distributed"] = ["Gateway", "Forwarding", "Admin", "Demo", "Embedded"],
        ["Insight"] = ["Batches", "Demo", "Embedded", "Distributed", "Storage"],
        ["Statements"] = ["Batches", "Gateway", "Forwarding", "Demo", "Embedded", "Distributed", "Storage"],
        ["Dashboard"] = ["Admin", "Batches", "Demo", "Embedded", "Distributed", "Storage", "Forwarding", "Gateway", "Tenants", "Ledger", "Rates", "Learning", "Hosting"],
        ["Admin"] = ["Batches", "Demo", "Embedded", "Distributed", "Storage", "Forwarding"],
    };

    [Fact]
    public void Files_are_short() =>
        Assert.Empty(SourceTree.Files("src").Where(file => file.Lines.Length > MaxFileLines).Select(file => $"{file.Path}: {file.Lines.Length} lines"));

    [Fact]
    public void Methods_are_short() => Assert.Empty(SourceTree.Files("src").SelectMany(LongBlocks));

    [Fact]
    public void A_file_holds_one_type() => Assert.Empty(
        SourceTree.Files("src").Where(file => file.Lines.Count(line => TopLevelType().IsMatch(line)) > 1).Select(file => file.Path));

    [Fact]
    public void Core_folders_use_only_those_before_them()
    {
        var wrong = new List<string>();
        foreach (var (path, lines) in SourceTree.Files("src/BudgetProxy.Core"))
        {
            var own = Array.IndexOf(CoreOrder, path.Split('/')[2]);
            foreach (Match use in lines.Select(line => CoreUse().Match(line)).Where(match => match.Success))
            {
                if (Array.IndexOf(CoreOrder, use.Groups[1].Value) > own)
                    wrong.Add($"{path} uses {use.Groups[1].Value}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Core_knows_nothing_but_the_base_library()
    {
        string[] foreign = ["Microsoft.", "Yarp.", "StackExchange.", "Npgsql"];
        var references = typeof(NanoUsd).Assembly.GetReferencedAssemblies().Select(name => name.Name!);
        Assert.DoesNotContain(references, name => foreign.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_command_line_knows_nothing_but_the_core() => Assert.Empty(
        from file in SourceTree.Files("src/BudgetProxy.Cli")
        from line in file.Lines
        where ForeignToCli().IsMatch(line)
        select $"{file.Path}: {line}");

    /// <summary>What commands share stands beside their folders, and one does not reach into another's.</summary>
    [Fact]
    public void Commands_do_not_see_each_other()
    {
        string[] shared = ["", "Commands", "Output", "Proxies"];
        var wrong = new List<string>();
        foreach (var (path, lines) in SourceTree.Files("src/BudgetProxy.Cli"))
        {
            var parts = path.Split('/');
            var own = parts.Length > 3 ? parts[2] : "";
            foreach (Match use in lines.Select(line => CliUse().Match(line)).Where(match => match.Success))
            {
                if (use.Groups[1].Value != own && !shared.Contains(use.Groups[1].Value) && Path.GetFileName(path) != "CommandTree.cs")
                    wrong.Add($"{path} uses {use.Groups[1].Value}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Stages_do_not_see_each_other()
    {
        var wrong = new List<string>();
        foreach (var (path, lines) in SourceTree.Files("src/BudgetProxy"))
        {
            var parts = path.Split('/');
            if (parts.Length < 4 || !Forbidden.TryGetValue(parts[2], out var forbidden))
                continue;
            foreach (var folder in forbidden)
            {
                if (lines.Any(line => line.StartsWith($"using BudgetProxy.{folder};", StringComparison.Ordinal)))
                    wrong.Add($"{path} uses {folder}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Classes_are_sealed()
    {
        var types = Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(IsOurs).ToList();
        var bases = types.Select(type => type.BaseType).ToHashSet();
        Assert.Empty(types.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !bases.Contains(type) && !IsOfRazor(type))
            .Select(type => type.FullName));
    }

    /// <summary>What Razor makes of a page or of its imports can't say that it is sealed.</summary>
    private static bool IsOfRazor(Type type) => type.IsAssignableTo(typeof(IComponent)) || string.Equals(type.Name, "_Imports", StringComparison.Ordinal);

    [Fact]
    public void Constructors_take_few_things()
    {
        var wide = Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(IsOurs).Where(type => type.IsClass && !IsRecord(type))
            .SelectMany(type => type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            .Where(constructor => constructor.GetParameters().Length > MaxConstructorParameters)
            .Select(constructor => $"{constructor.DeclaringType!.FullName}: {constructor.GetParameters().Length}");
        Assert.Empty(wide);
    }

    [Fact]
    public void Names_say_what_a_type_owns() => Assert.Empty(
        Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(IsOurs)
            .Where(type => VagueName().IsMatch(type.Name)).Select(type => type.FullName));

    [Fact]
    public void Nothing_reads_a_clock_but_TimeProvider() => Assert.Empty(Lines("src", ClockStatic()));

    [Fact]
    public void Money_is_never_floating_point()
    {
        foreach (var folder in new[] { "src/BudgetProxy.Core/Money", "src/BudgetProxy.Core/Rates", "src/BudgetProxy.Core/Budgets", "src/BudgetProxy/Ledger" })
            Assert.Empty(Lines(folder, FloatingPoint()));
    }

    [Fact]
    public void Nothing_is_left_unfinished()
    {
        Assert.Empty(Lines("src", Unfinished()));
        Assert.Empty(Lines("tests", SkippedTest()));
    }

    private static IEnumerable<string> Lines(string folder, Regex pattern) =>
        from file in SourceTree.Files(folder)
        from line in file.Lines.Select((text, index) => (text, index))
        where !line.text.TrimStart().StartsWith("//", StringComparison.Ordinal) && pattern.IsMatch(line.text)
        select $"{file.Path}:{line.index + 1}: {line.text.Trim()}";

    /// <summary>Blocks of members: from a brace alone at the indentation of members to its partner, by the layout that the build enforces.</summary>
    private static IEnumerable<string> LongBlocks((string Path, string[] Lines) file)
    {
        foreach (var indent in new[] { "    ", "        " })
        {
            var start = -1;
            for (var i = 0; i < file.Lines.Length; i++)
            {
                if (file.Lines[i] == indent + "{" && !DeclaresType(file.Lines, i))
                    start = i;
                else if (file.Lines[i] == indent + "}" && start >= 0)
                {
                    if (i - start - 1 > MaxMethodLines)
                        yield return $"{file.Path}:{start}: {i - start - 1} lines";
                    start = -1;
                }
            }
        }
    }

    private static bool DeclaresType(string[] lines, int brace)
    {
        for (var i = brace - 1; i >= 0 && i >= brace - 4; i--)
        {
            if (NestedType().IsMatch(lines[i]))
                return true;
        }

        return false;
    }

    private static bool IsOurs(Type type) =>
        type.Namespace?.StartsWith("BudgetProxy", StringComparison.Ordinal) == true
        && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && type.DeclaringType?.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) != true
        && !type.Name.Contains('<', StringComparison.Ordinal);

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    [GeneratedRegex(@"^(public|internal|file)[^;(=]*\b(class|struct|interface|enum|record)\b")]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"^\s+(public|internal|private|protected)[^;(=]*\b(class|struct|interface|enum|record)\b")]
    private static partial Regex NestedType();

    [GeneratedRegex(@"^using (?:static )?BudgetProxy\.Core\.(\w+)")]
    private static partial Regex CoreUse();

    [GeneratedRegex(@"^using (?:static )?BudgetProxy\.(?!Core\b|Cli\b)|^using (?:Microsoft|Npgsql|StackExchange|Yarp)\.")]
    private static partial Regex ForeignToCli();

    [GeneratedRegex(@"^using (?:static )?BudgetProxy\.Cli\.(\w+)")]
    private static partial Regex CliUse();

    [GeneratedRegex(@"(Helper|Helpers|Utils|Utilities|Manager)(`\d)?$")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(Now|UtcNow|Today)\b|\bEnvironment\.TickCount|\bStopwatch\.(StartNew|GetTimestamp)\b")]
    private static partial Regex ClockStatic();

    [GeneratedRegex(@"\b(double|float|Double|Single)\b")]
    private static partial Regex FloatingPoint();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\[(Fact|Theory)\(.*Skip\s*=")]
    private static partial Regex SkippedTest();
}
