using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Rates;

namespace BudgetProxy.Tests.Rates;

/// <summary>What every store of the rate table must do. An adapter's test class gives the factory and inherits the tests.</summary>
public abstract class RateStoreContract
{
    private static readonly DateTimeOffset Day = new(2026, 11, 28, 15, 40, 0, 7, TimeSpan.Zero);

    protected abstract Task<IRateStoreFactory> CreateAsync();

    [Fact]
    public async Task What_was_added_is_read_to_the_last_field_in_its_order()
    {
        await using var factory = await CreateAsync();
        var store = factory.Open();
        var full = RateCard.Shipped.Rates.MaxBy(rate => rate.Tokens?.Fast is null ? 0 : rate.Sources.Count + rate.Aliases.Count)! with
        {
            EffectiveFrom = Day,
            Tenant = "acme",
            ListBasisPoints = 8_050,
            List = "openai/x@2026-01-01",
            Notes = "Ünïcode \"quoted\" 😀",
            RegionalPercent = 110,
            RequestFee = 1,
            LongContext = new LongContext(272_000, new PriceList { Standard = new TokenPrices { Input = 1, Output = 1L << 50 } }),
        };
        RateRow[] rows =
        [
            new(full, 1, "configured", Day),
            new(Row("z", 1), 2, "adk_1", Day.AddDays(1)),
            new(Row("a/b:c", 2), 3, "adk_1", Day.AddDays(1)),
        ];
        Assert.Equal(RateStoring.Stored, await store.AddAsync(rows, 0, CancellationToken.None));
        var read = (await factory.Open().ReadAsync(-1, CancellationToken.None))!;
        Assert.Equal(3, read.Count);
        foreach (var (written, back) in rows.Zip(read))
        {
            Assert.True(RateTable.SameContent(written.Rate, back.Rate));
            Assert.Equal((written.Rate.Id, written.Sequence, written.AddedBy, written.AddedAt), (back.Rate.Id, back.Sequence, back.AddedBy, back.AddedAt));
        }

        Assert.Null(await store.ReadAsync(3, CancellationToken.None));
        Assert.NotNull(await store.ReadAsync(2, CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_is_added_where_somebody_was_faster_or_an_id_is_taken()
    {
        await using var factory = await CreateAsync();
        var store = factory.Open();
        Assert.Equal(RateStoring.Stored, await store.AddAsync([Added("m", 1)], 0, CancellationToken.None));
        Assert.Equal(RateStoring.Stale, await store.AddAsync([Added("n", 1)], 0, CancellationToken.None));
        Assert.Equal(RateStoring.IdTaken, await store.AddAsync([Added("n", 2), Added("m", 3)], 1, CancellationToken.None));
        Assert.Equal("m", Assert.Single((await store.ReadAsync(-1, CancellationToken.None))!).Rate.Model);
    }

    [Fact]
    public async Task Of_many_that_add_at_once_none_is_lost_and_all_tables_agree()
    {
        await using var factory = await CreateAsync();
        var tables = Enumerable.Range(0, 3).Select(_ => new RateTable(factory.Open(), TimeProvider.System)).ToList();
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(
            () => tables[i % 3].AddAsync([Row("m" + i % 12, i % 12)], "adk", null, CancellationToken.None))));
        Assert.Equal(12, answers.Sum(answer => answer.Added.Count));
        Assert.All(answers, answer => Assert.Null(answer.Problem));
        foreach (var table in tables)
        {
            await table.RefreshAsync(CancellationToken.None);
            Assert.Equal(12, table.Current.Version);
            Assert.Equal(12, table.Current.Rows.Count(row => !row.Shipped));
            table.Dispose();
        }
    }

    [Fact]
    public async Task Of_two_that_add_on_the_same_basis_one_is_told_that_it_is_stale()
    {
        await using var factory = await CreateAsync();
        using var a = new RateTable(factory.Open(), TimeProvider.System);
        using var b = new RateTable(factory.Open(), TimeProvider.System);
        await a.RefreshAsync(CancellationToken.None);
        await b.RefreshAsync(CancellationToken.None);
        var answers = await Task.WhenAll(
            a.AddAsync([Row("m", 1)], "adk", a.Current, CancellationToken.None), b.AddAsync([Row("n", 1)], "adk", b.Current, CancellationToken.None));
        Assert.Single(answers, answer => answer is { Problem: null, Added.Count: 1 });
        Assert.Contains("Make a new preview", Assert.Single(answers, answer => answer.Problem is not null).Problem, StringComparison.Ordinal);
        Assert.Single((await factory.Open().ReadAsync(-1, CancellationToken.None))!);
    }

    [Fact]
    public async Task One_at_a_time_re_rates()
    {
        await using var factory = await CreateAsync();
        var store = factory.Open();
        var held = await store.TryHoldAsync(CancellationToken.None);
        Assert.NotNull(held);
        Assert.Null(await store.TryHoldAsync(CancellationToken.None));
        await held.DisposeAsync();
        await using var again = await store.TryHoldAsync(CancellationToken.None);
        Assert.NotNull(again);
    }

    internal static Rate Row(string model, long price) => new()
    {
        Provider = Provider.OpenAi,
        Model = model,
        EffectiveFrom = Day,
        Profile = new ModelProfile(),
        Tokens = new PriceList { Standard = new TokenPrices { Input = price, Output = price } },
    };

    private static RateRow Added(string model, long sequence) => new(Row(model, 1), sequence, "adk", Day);
}
