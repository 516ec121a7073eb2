using System.Globalization;
using System.Net;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Admin;
using BudgetProxy.Tests.Distributed.Postgres;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Statements;

/// <summary>Whatever was booked: every way in which a month is added up comes to the same nano-dollar.</summary>
public sealed class StatementProperties
{
    /// <summary>Amounts that calls have, that nobody has, that cancel out, and that round wrongly where anything but whole nano-dollars is added.</summary>
    private static readonly Gen<long> Amounts = Gen.OneOf(
        Gen.Choose(0, 999).Select(nanos => (long)nanos), Gen.Choose(-5_000_000, 5_000_000).Select(nanos => (long)nanos),
        Gen.Choose(0, int.MaxValue).Select(nanos => nanos * 2_000L), Gen.Elements(0L, 1, -1, 499, 500, 501, 999_999_999, 1_000_000_001, NanoUsd.MaxLimit.Value));

    [Fact]
    public async Task By_model_by_user_by_project_by_day_and_entry_by_entry_it_is_the_same()
    {
        await using var host = await AdminHost.StartAsync();
        var tenants = 0;
        Prop.ForAll(
            (from seed in Gen.Choose(0, int.MaxValue)
             from count in Gen.Choose(1, 60)
             from amounts in Gen.ArrayOf(Amounts, 2 * count)
             from included in Gen.Elements(null, new Included(LimitKind.Usd, 3_000_000_000), new Included(LimitKind.Requests, 7), new Included(LimitKind.Tokens, 9_000))
             select (seed, count, amounts, included)).ToArbitrary(),
            one => CheckAsync(host, "t" + ++tenants, one.seed, one.amounts, one.included).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    private static async Task CheckAsync(AdminHost host, string tenant, int seed, long[] amounts, Included? included)
    {
        var limit = included is null ? "" : included.Kind switch
        {
            LimitKind.Usd => ",\"included\":{\"usd\":\"3\"}", LimitKind.Requests => ",\"included\":{\"requests\":7}", _ => ",\"included\":{\"tokens\":9000}",
        };
        (await host.PutAsync("/plans/p-" + tenant, "{\"budgets\":[]" + limit + "}")).Is(HttpStatusCode.OK);
        (await host.PutAsync("/tenants/" + tenant, $$"""{"plan":"p-{{tenant}}"}""")).Is(HttpStatusCode.OK);
        var random = new Random(seed);
        var entries = new SomeEntries(seed).Make(amounts.Length / 2, new DateTimeOffset(2025, 5, 6, 3, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(9), tenant)
            .Select((row, i) => row.Entry with { Cost = new NanoUsd(amounts[2 * i]), Charged = new NanoUsd(amounts[(2 * i) + 1]) }).ToList();
        foreach (var part in entries.OrderBy(_ => random.Next()).Chunk(17))
        {
            await host.Ledger.AppendAsync(part, [], CancellationToken.None);
            if (random.Next(2) == 0)
                await host.Ledger.RollUpAsync(random.Next(1, 30), CancellationToken.None);
        }

        foreach (var month in entries.GroupBy(entry => entry.SettledAt.ToString("yyyy-MM", CultureInfo.InvariantCulture)))
            await CheckMonthAsync(host, tenant, month.Key, [.. month]);
    }

    private static async Task CheckMonthAsync(AdminHost host, string tenant, string month, List<LedgerEntry> entries)
    {
        var expected = (entries.Sum(entry => entry.Cost.Value), entries.Sum(entry => entry.Charged.Value));
        var statement = await JsonAsync(host, $"/tenants/{tenant}/statements/{month}?for=us");
        Assert.Equal(expected, Sums([statement.GetProperty("total")]));
        foreach (var lines in new[] { "models", "users", "projects" })
            Assert.Equal((lines, expected), (lines, Sums(statement.GetProperty(lines).EnumerateArray().Select(line => line.GetProperty("sums")))));
        Assert.Equal(expected, Sums(Lines((await host.GetAsync($"/tenants/{tenant}/statements/{month}?detail=entries&for=us")).Is(HttpStatusCode.OK).Body)));

        var from = DateTimeOffset.ParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var span = $"tenant={tenant}&from={from:yyyy-MM-dd}&to={from.AddMonths(1):yyyy-MM-dd}";
        Assert.Equal(expected, Sums(Lines((await host.GetAsync("/ledger?" + span)).Is(HttpStatusCode.OK).Body)));
        foreach (var groups in new[] { "day", "model", "user,day", "project,key,model,day" })
            Assert.Equal((groups, expected), (groups, Sums((await JsonAsync(host, $"/usage?{span}&groupBy={groups}")).GetProperty("items").EnumerateArray())));

        // What becomes of it: the four parts are all of it.
        var billing = statement.GetProperty("billing");
        Assert.Equal(expected.Item2, new[] { "beforeUsd", "includedUsd", "prepaidUsd", "billableUsd" }.Sum(part => Nanos(billing, part)));
    }

    private static async Task<JsonElement> JsonAsync(AdminHost host, string path) => (await host.GetAsync(path)).Is(HttpStatusCode.OK).Json;

    private static IEnumerable<JsonElement> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line));

    private static (long Cost, long Charged) Sums(IEnumerable<JsonElement> parts)
    {
        var all = parts.ToList();
        return (all.Sum(part => Nanos(part, "costUsd")), all.Sum(part => Nanos(part, "chargedUsd")));
    }

    private static long Nanos(JsonElement of, string name) => NanoUsd.TryParse(of.GetProperty(name).GetString()!, out var amount) ? amount.Value : throw new FormatException(name);
}
