using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Invoices;

namespace BudgetProxy.Tests.Invoices;

/// <summary>What both stores of invoices promise.</summary>
public abstract class InvoiceStoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task An_invoice_is_kept_with_its_lines_once_until_it_is_removed()
    {
        await using var scene = await CreateAsync();
        var invoice = Invoice("inv_b", 1, 3);
        InvoiceLine[] lines = [Line(1, "", 5), Line(1, "gpt \"4\"", -7), Line(3, "b", long.MaxValue)];
        Assert.Equal((invoice, true), await scene.Store.AddAsync(invoice, lines, Never));
        Assert.Equal((invoice, false), await scene.Store.AddAsync(invoice with { ImportedBy = "other", Rows = 9 }, [Line(2, "x", 1)], Never));
        Assert.Equal(invoice, await scene.Store.FindAsync("inv_b", Never));
        Assert.Null(await scene.Store.FindAsync("inv_a", Never));
        Assert.Equal(lines, await scene.Store.LinesAsync("inv_b", Day(1), Day(3), Never));
        Assert.Equal(lines[2..], await scene.Store.LinesAsync("inv_b", Day(2), Day(30), Never));
        Assert.Empty(await scene.Store.LinesAsync("inv_a", Day(1), Day(3), Never));
        Assert.True(await scene.Store.RemoveAsync("inv_b", Never));
        Assert.False(await scene.Store.RemoveAsync("inv_b", Never));
        Assert.Empty(await scene.Store.LinesAsync("inv_b", Day(1), Day(3), Never));
        Assert.True((await scene.Store.AddAsync(invoice, [], Never)).IsNew);
    }

    [Fact]
    public async Task They_are_listed_by_provider_the_latest_first()
    {
        await using var scene = await CreateAsync();
        var first = Invoice("inv_1", 1, 1);
        var second = Invoice("inv_2", 2, 2) with { ImportedAt = Noon.AddMinutes(1) };
        var third = Invoice("inv_3", 3, 3) with { Provider = Provider.Anthropic };
        foreach (var invoice in new[] { second, third, first })
            await scene.Store.AddAsync(invoice, [], Never);
        Assert.Equal([second, third, first], await scene.Store.ListAsync(null, Never));
        Assert.Equal([second, first], await scene.Store.ListAsync(Provider.OpenAi, Never));
        Assert.Empty(await scene.Store.ListAsync(Provider.Azure, Never));
    }

    [Fact]
    public async Task Of_many_at_once_one_keeps_it()
    {
        await using var scene = await CreateAsync();
        InvoiceLine[] lines = [.. Enumerable.Range(1, 28).SelectMany(day => Enumerable.Range(0, 20).Select(i => Line(day, $"m{i:00}", i)))];
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () => await scene.Store.AddAsync(Invoice("inv", 1, 28) with { ImportedBy = $"adk_{i}" }, lines, Never))));
        Assert.Single(added, one => one.IsNew);
        Assert.Single(added.Select(one => one.Kept).Distinct());
        Assert.Equal(lines, await scene.Store.LinesAsync("inv", Day(1), Day(28), Never));
    }

    protected abstract Task<IInvoiceScene> CreateAsync();

    private static Invoice Invoice(string id, int from, int to) => new(id, Provider.OpenAi, Noon, "adk_1", Day(from), Day(to), 3, new NanoUsd(-5));

    private static InvoiceLine Line(int day, string item, long cost) => new(Day(day), item, new NanoUsd(cost));

    private static DateOnly Day(int day) => new(2026, 11, day);

    /// <summary>A store in a database of its own.</summary>
    public interface IInvoiceScene : IAsyncDisposable
    {
        IInvoiceStore Store { get; }
    }
}
