using System.Diagnostics.CodeAnalysis;
using System.Text;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.DirectoryFile;
using BudgetProxy.Tenants;

namespace BudgetProxy.Tests.DirectoryFile;

/// <summary>What a file may say, and every way in which it may not.</summary>
public sealed class FileReaderTests
{
    private const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    [Fact]
    public void Every_field_is_read()
    {
        var wanted = FileText.Read(
            $$"""
            tenants:
              globex:
              acme:
                name: "Acme: Ltd"
                timezone: Europe/Berlin
                stripeCustomerId: cus_1
                markupPercent: 12.5
                allowedModels: [gpt-4o*, "claude-*"]
                maxCallUsd: 0.50
                suspended: true
                keys:
                  ci: { sha256: {{Hash}}, user: ann, project: p, allowedModels: [gpt-4o], expiresAt: 2027-01-31T00:00:00Z, prefix: bp_AbCdEfGh }
                  other: { sha256: {{Hash.Replace('9', '1')}}, name: the other }
                budgets:
                  per user:
                    per: tag:team
                    match:
                      model: gpt-4o*
                      "tag:cost.centre": "42"
                    limit: { usd: 5.000000001 }
                    window: rolling:P30D
                    timezone: Asia/Tokyo
                    mode: shadow
                    admission: strict
                    alertAt: [1, 0.5]
                  calls: { limit: { requests: 4503599627370496 }, window: minute }
                  tokens: { limit: { tokens: 0 }, window: day }
            """,
            out var errors);
        Assert.Empty(errors.Errors);
        Assert.Empty(errors.Warnings);
        Assert.Equal(["acme", "globex"], wanted.Tenants.Select(tenant => tenant.Tenant.Id));
        var acme = wanted.Tenants[0];
        Assert.Equal(
            ("Acme: Ltd", "Europe/Berlin", "cus_1", 1_250, new NanoUsd(500_000_000), true),
            (acme.Tenant.Name, acme.Tenant.TimeZone, acme.Tenant.StripeCustomerId, acme.Tenant.MarkupBasisPoints, acme.Tenant.MaxCall, acme.Tenant.Suspended));
        Assert.Equal(["gpt-4o*", "claude-*"], acme.Tenant.AllowedModels);
        var (ci, other) = (acme.Keys[0], acme.Keys[1]);
        Assert.Equal(("ci", "ann", "p", "bp_AbCdEfGh", "the other"), (ci.Key.Name, ci.Key.User, ci.Key.Project, ci.Key.Prefix, other.Key.Name));
        Assert.Equal(new KeyHash(Convert.FromHexString(Hash)), ci.Hash);
        Assert.Equal(new DateTimeOffset(2027, 1, 31, 0, 0, 0, TimeSpan.Zero), ci.Key.ExpiresAt);
        var budget = acme.Tenant.Budgets[0];
        Assert.Equal((BudgetDimension.Tag, "team", LimitKind.Usd, 5_000_000_001, BudgetMode.Shadow), (budget.Per!.Value, budget.PerTag, budget.LimitKind, budget.Limit, budget.Mode));
        Assert.Equal([new BudgetMatch(BudgetDimension.Model, null, "gpt-4o*"), new BudgetMatch(BudgetDimension.Tag, "cost.centre", "42")], budget.Match);
        Assert.Equal(("rolling:P30D", "Asia/Tokyo", false), (budget.Window.ToString(), budget.Window.TimeZone.Id, budget.InheritsTimeZone));
        Assert.Equal([50, 100], budget.AlertAtPercent);
        Assert.Equal([(LimitKind.Requests, 4_503_599_627_370_496), (LimitKind.Tokens, 0)], acme.Tenant.Budgets.Skip(1).Select(b => (b.LimitKind, b.Limit)));
        Assert.All(acme.Tenant.Budgets.Skip(1), b => Assert.Equal("Europe/Berlin", b.Window.TimeZone.Id));
        Assert.Empty(wanted.Tenants[1].Keys);
    }

    [Fact]
    public void Every_error_is_told_at_once_with_its_place()
    {
        Assert.Equal(
            [
                "2:3 tenants.Bad Id: A tenant's id is 1 to 64 of a-z, 0-9, '-', '_' and '.', and starts with a letter or digit.",
                "3:5 tenants.Bad Id.name: Must be a string. Put it in quotes.",
                "4:5 tenants.Bad Id.maxCallUsd: Must be a decimal amount of USD with at most nine decimals, such as \"5.00\".",
                "5:5 tenants.Bad Id.suspended: Must be true or false.",
                "6:5 tenants.Bad Id.suspended: This name stands here a second time.",
                "7:25 tenants.Bad Id.allowedModels[1]: Must be a string. Put it in quotes.",
                "9:7 tenants.Bad Id.budgets.a.window: Is required.",
                "10:9 tenants.Bad Id.budgets.a.limit: Must have exactly one of usd, requests, tokens, chargedUsd.",
                "10:18 tenants.Bad Id.budgets.a.limit.usd: Must be from 0 to 4503599.627370496 USD.",
                "10:32 tenants.Bad Id.budgets.a.limit.eur: There is no such field here. The fields are: usd, requests, tokens, chargedUsd.",
                "11:18 tenants.Bad Id.budgets.a.match.colour: Can't be matched. What can: user, project, key, model, provider, tag:{name}.",
                "12:7 tenants.Bad Id.budgets.b,c: A budget's name is 1 to 64 ASCII letters, digits, '-', '_', '.' and inner spaces, and starts with a letter or digit.",
                "14:7 tenants.Bad Id.keys.k.sha256: Say which key it is by exactly one of sha256, env and key: the hex SHA-256 of the key, the environment variable that holds it, or the key itself.",
                "15:9 tenants.Bad Id.keys.k.usr: There is no such field here. The fields are: sha256, env, key, prefix, name, user, project, allowedModels, expiresAt.",
                "16:1 tenant: There is no such field here. The fields are: tenants, plans.",
            ],
            FileText.ErrorsOf(
                """
                tenants:
                  Bad Id:
                    name: 12
                    maxCallUsd: 0.1234567891
                    suspended: maybe
                    suspended: true
                    allowedModels: [ok, 5]
                    budgets:
                      a:
                        limit: { usd: 9999999, eur: 1 }
                        match: { colour: red }
                      b,c: { limit: { usd: 1 }, window: day }
                    keys:
                      k:
                        usr: ann
                tenant: {}
                """));
    }

    [Theory]
    [InlineData("tenants: &all {}", "1:10 tenants: '&all' is an anchor, and those are not taken: write out what is meant in each place.")]
    [InlineData("tenants: { a: &x {}, b: *x }", "1:22 tenants.b: '*x' is an alias, and those are not taken: write out what is meant.")]
    [InlineData("tenants: { a: { <<: { name: x } } }", "1:17 tenants.a.<<: There is no such field here.")]
    [InlineData("tenants: { a: { name: !!str 5 } }", "1:23 tenants.a.name: 'tag:yaml.org,2002:str' is a tag")]
    [InlineData("tenants: {}\n---\ntenants: {}", "2:1 A second document begins here")]
    [InlineData("tenants: [a]", "1:10 tenants: Must be a map")]
    [InlineData("tenants: { a: 5 }", "1:12 tenants.a: Must be a map")]
    [InlineData("tenants: { a: { budgets: [x] } }", "1:17 tenants.a.budgets: Must be a map")]
    [InlineData("tenants: { a: { budgets: { b: ~ } } }", "1:28 tenants.a.budgets.b: Must be a map")]
    [InlineData("tenants: { [a]: {} }", "1:12 tenants: A name must be plain text")]
    [InlineData("", "1:1 The file has nothing in it.")]
    [InlineData("# only a note\n", "The file has nothing in it.")]
    [InlineData("{}", "1:1 The file has nothing in it.")]
    [InlineData("hello", "1:1 Must be a map")]
    [InlineData("tenants:\n\ta: {}", "2:1 This is no YAML: ")]
    [InlineData("tenants:\n  a:\n    name: [a\n    budgets: {}", "This is no YAML: ")]
    [InlineData("tenants: { a: {}, a: {} }", "1:19 tenants.a: This name stands here a second time.")]
    [InlineData("tenants: { a: { maxCallUsd: 1e2 } }", "1:17 tenants.a: Readers of YAML differ about this spelling of a number")]
    [InlineData("tenants: { a: { markupPercent: 0x10 } }", "Readers of YAML differ about this spelling of a number")]
    [InlineData("tenants: { a: { markupPercent: 010 } }", "Readers of YAML differ about this spelling of a number")]
    [InlineData("tenants: { a: { markupPercent: 1_000 } }", "Readers of YAML differ about this spelling of a number")]
    [InlineData("tenants: { a: { markupPercent: .inf } }", "Readers of YAML differ about this spelling of a number")]
    [InlineData("tenants: { a: { suspended: yes } }", "1:17 tenants.a.suspended: Must be true or false.")]
    [InlineData("tenants: { a: { suspended: \"true\" } }", "1:17 tenants.a.suspended: Must be true or false.")]
    [InlineData("tenants: { a: { name: \"\\uD83D\" } }", "1:30 This is no YAML: ")]
    [InlineData("tenants: { a: { name: [x] } }", "1:17 tenants.a.name: Must be a string.")]
    [InlineData("tenants: { a: { stripeCustomerId: 'cus_1 ' } }", "1:17 tenants.a.stripeCustomerId: Must be a customer's id at Stripe")]
    [InlineData("tenants: { a: { timezone: Mars/Olympus } }", "1:17 tenants.a.timezone: Must be an IANA time zone")]
    [InlineData("tenants: { a: { keys: { k: { env: HOME } } } }", "1:30 tenants.a.keys.k.env: A variable is read only where the file is")]
    [InlineData("tenants: { a: { keys: { k: { sha256: abc } } } }", "1:30 tenants.a.keys.k.sha256: Must be the 64 hexadecimal digits")]
    [InlineData("tenants: { a: { keys: { k: { key: sk-123 } } } }", "1:30 tenants.a.keys.k.key: A key is bp_ and 40 to 200 random")]
    [InlineData("tenants: { a: { keys: { k: { key: bp_short, sha256: abc } } } }", "tenants.a.keys.k.sha256: Say which key it is by exactly one of")]
    public void What_is_wrong_is_told_where_it_stands(string yaml, string error) =>
        Assert.Contains(FileText.ErrorsOf(yaml), one => one.Contains(error, StringComparison.Ordinal));

    [Fact]
    public void One_key_stands_in_a_file_once() =>
        Assert.Equal(
            ["1:107 tenants.b.keys.two: This is the same key as tenants.a.keys.one."],
            FileText.ErrorsOf($"tenants: {{ a: {{ keys: {{ one: {{ sha256: {Hash} }} }} }}, b: {{ keys: {{ two: {{ sha256: {Hash.ToUpperInvariant()} }} }} }} }}")
                .Select(error => "1:107" + error[error.IndexOf(' ', StringComparison.Ordinal)..]));

    [Fact]
    public void A_key_may_come_from_the_environment_or_stand_there_with_a_warning()
    {
        var secret = KeySecret.NewVirtual();
        var sources = new KeySources(name => name == "CI_KEY" ? secret.Text + "\n" : null);
        var wanted = FileText.Read("tenants: { a: { keys: { ci: { env: CI_KEY } } } }", out var errors, sources);
        Assert.Empty(errors.Errors);
        Assert.Empty(errors.Warnings);
        Assert.Equal((secret.Hash, secret.Prefix), (wanted.Tenants[0].Keys[0].Hash, wanted.Tenants[0].Keys[0].Key.Prefix));
        Assert.Equal(["1:30 tenants.a.keys.k.env: The environment variable NONE is not set."], FileText.ErrorsOf("tenants: { a: { keys: { k: { env: NONE } } } }", sources));

        wanted = FileText.Read($"tenants: {{ a: {{ keys: {{ ci: {{ key: {secret.Text} }} }} }} }}", out errors);
        Assert.Empty(errors.Errors);
        Assert.Equal(secret.Hash, wanted.Tenants[0].Keys[0].Hash);
        var warning = Assert.Single(errors.Warnings).ToString();
        Assert.StartsWith("1:31 tenants.a.keys.ci.key: The key itself stands in the file", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(secret.Text, warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_files_are_refused_in_no_time_and_without_filling_memory()
    {
        var bomb = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (var letter = 'b'; letter <= 'z'; letter++)
            bomb.Append($"{letter}: &{letter} [{string.Join(", ", Enumerable.Repeat($"*{(char)(letter - 1)}", 9))}]\n");
        Assert.Contains(FileText.ErrorsOf(bomb.ToString()), error => error.Contains("is an alias", StringComparison.Ordinal));
        string[] hostile =
        [
            "tenants: " + new string('[', 100_000), "tenants: " + string.Concat(Enumerable.Repeat("{a: ", 100_000)), string.Concat(Enumerable.Repeat("- ", 100_000)),
            string.Concat(Enumerable.Range(0, 5_000).Select(i => new string(' ', i) + "a:\n")), "tenants: { a: { name: " + new string('x', 1_000_000) + " } }",
            "? " + new string('?', 50_000), new string('!', 100_000), "tenants: \"" + new string('\\', 100_001), "%YAML 9.9\n---\ntenants: {}", "tenants: |\n" + new string(' ', 100_000),
        ];
        foreach (var yaml in hostile)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.NotEmpty(FileText.ErrorsOf(yaml));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
        }

        Assert.Contains("at most 33554432 are read", FileText.ErrorsOf(new string(' ', DirectoryFileReader.MaxBytes + 1)).Single(), StringComparison.Ordinal);
    }

    [Fact]
    [SuppressMessage("Performance", "CA1861", Justification = "Read once.")]
    public void What_is_not_utf_8_is_told()
    {
        var errors = new FileErrors();
        DirectoryFileReader.Read(new byte[] { (byte)'a', (byte)':', (byte)' ', 0xFF, 0xFE }, KeySources.WithoutEnvironment, errors);
        Assert.Contains("not UTF-8", Assert.Single(errors.Errors).Message, StringComparison.Ordinal);
        errors = new FileErrors();
        DirectoryFileReader.Read(Encoding.UTF8.GetPreamble().Concat("tenants: { a: { name: é } }"u8.ToArray()).ToArray(), KeySources.WithoutEnvironment, errors);
        Assert.Empty(errors.Errors);
    }

    [Fact]
    public void Errors_without_end_are_cut()
    {
        var yaml = new StringBuilder("tenants:\n");
        for (var i = 0; i < 3_000; i++)
            yaml.Append($"  t{i}: {{ nme: x }}\n");
        var errors = FileText.ErrorsOf(yaml.ToString());
        Assert.Equal(FileErrors.Most, errors.Count);
        Assert.Contains(errors, error => error.Contains("more than 999 errors", StringComparison.Ordinal));
    }

    [Fact]
    public void More_budgets_than_a_tenant_may_have_are_told() =>
        Assert.Contains(
            FileText.ErrorsOf("tenants: { a: { budgets: {" + string.Join(", ", Enumerable.Range(0, 101).Select(i => $"b{i}: {{ limit: {{ usd: 1 }}, window: day }}")) + " } } }"),
            error => error.EndsWith("A tenant has at most 100 budgets.", StringComparison.Ordinal));
}
