using System.Text.Json;
using BudgetProxy.Admin;
using BudgetProxy.DirectoryFile;
using BudgetProxy.Tests.Conventions;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary>The published schema says what the readers do.</summary>
public sealed class SchemaTests
{
    private static readonly JsonElement Schema = JsonElement.Parse(DirectorySchema.Utf8);

    private readonly SchemaCheck _check = new(Schema);

    [Fact]
    public void It_has_every_field_that_a_reader_asks_for_and_no_other()
    {
        Assert.Equal([.. DefinitionKind.Tenant.Fields.Append("budgets").Append("keys").Order()], FieldsOf("tenant"));
        Assert.Equal([.. DefinitionKind.Budget.Fields.Order()], FieldsOf("budget"));
        Assert.Equal([.. DefinitionKind.Key.Fields.Concat(KeySourceFields()).Order()], FieldsOf("key"));
        Assert.Equal([.. DefinitionKind.Plan.Fields.Order()], FieldsOf("plan"));
    }

    [Fact]
    public void It_stands_in_the_folder_as_it_is_served() =>
        Assert.Equal(File.ReadAllBytes(Path.Combine(SourceTree.Root, "src", "BudgetProxy", "DirectoryFile", "directory.schema.json")), DirectorySchema.Utf8);

    [Fact]
    public void The_example_is_valid_by_it() => Assert.Empty(_check.Faults(JsonOf(ReadmeExample.Yaml)));

    [Fact]
    public void Every_export_is_valid_by_it()
    {
        foreach (var directory in RoundTripProperties.Directories().Sample(30))
        {
            var yaml = RoundTripProperties.Export(directory);
            var faults = _check.Faults(JsonOf(yaml));
            Assert.True(faults.Count == 0, $"{string.Join('\n', faults)}\n{yaml}");
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("tenant: {}")]
    [InlineData("tenants: { Bad Id: {} }")]
    [InlineData("tenants: { a: { nme: x } }")]
    [InlineData("tenants: { a: { name: 5 } }")]
    [InlineData("tenants: { a: { suspended: \"true\" } }")]
    [InlineData("tenants: { a: { maxCallUsd: -1 } }")]
    [InlineData("tenants: { a: { maxCallUsd: five } }")]
    [InlineData("tenants: { a: { maxCallUsd: \"0.1234567891\" } }")]
    [InlineData("tenants: { a: { markupPercent: 1001 } }")]
    [InlineData("tenants: { a: { stripeCustomerId: acct_1 } }")]
    [InlineData("tenants: { a: { stripeCustomerId: cus_ } }")]
    [InlineData("tenants: { a: { stripeCustomerId: cus_a-b } }")]
    [InlineData("tenants: { a: { allowedModels: gpt } }")]
    [InlineData("tenants: { a: { budgets: { b: { window: day } } } }")]
    [InlineData("tenants: { a: { budgets: { b: { limit: { usd: 1 } } } } }")]
    [InlineData("tenants: { a: { budgets: { b: { limit: { usd: 1, tokens: 1 }, window: day } } } }")]
    [InlineData("tenants: { a: { budgets: { b: { limit: { usd: 1 }, window: fortnight } } } }")]
    [InlineData("tenants: { a: { budgets: { b: { limit: { usd: 1 }, window: day, per: provider } } } }")]
    [InlineData("tenants: { a: { budgets: { b: { limit: { usd: 1 }, window: day, match: { run: x } } } } }")]
    [InlineData("tenants: { a: { budgets: { b: { limit: { usd: 1 }, window: day, alertAt: [0] } } } }")]
    [InlineData("tenants: { a: { budgets: { b: { limit: { requests: 1.5 }, window: day } } } }")]
    [InlineData("tenants: { a: { budgets: { \"b,c\": { limit: { usd: 1 }, window: day } } } }")]
    [InlineData("tenants: { a: { keys: { k: {} } } }")]
    [InlineData("tenants: { a: { keys: { k: { env: X, key: bp_0123456789012345678901234567890123456789 } } } }")]
    [InlineData("tenants: { a: { keys: { k: { sha256: abc } } } }")]
    [InlineData("tenants: { a: { keys: { k: { env: X, expiresAt: tomorrow } } } }")]
    public void What_it_refuses_the_reader_refuses(string yaml)
    {
        Assert.NotEmpty(_check.Faults(JsonOf(yaml)));
        Assert.NotEmpty(FileText.ErrorsOf(yaml));
    }

    private static List<string> FieldsOf(string kind) =>
        [.. Schema.GetProperty("$defs").GetProperty(kind).GetProperty("properties").EnumerateObject().Select(field => field.Name).Order()];

    private static IReadOnlyList<string> KeySourceFields()
    {
        var fields = new FieldReader(JsonElement.Parse("{}"), "", new FieldErrors());
        KeySources.WithoutEnvironment.Read(fields, _ => { });
        return fields.Known;
    }

    /// <summary>A file as the JSON that an editor's schema sees.</summary>
    private static JsonElement JsonOf(string yaml)
    {
        var node = new FileParser(new StringReader(yaml), new FileErrors()).ReadNode("", 1);
        return NodeJson.Of(node, [], [], (_, message) => Assert.Fail(message)).RootElement;
    }
}
