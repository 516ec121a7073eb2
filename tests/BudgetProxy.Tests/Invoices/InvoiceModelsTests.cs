using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Invoices;

namespace BudgetProxy.Tests.Invoices;

public sealed class InvoiceModelsTests
{
    [Theory]
    [InlineData(Provider.OpenAi, "gpt-4o-mini-2024-07-18", "gpt-4o-mini")]
    [InlineData(Provider.OpenAi, "gpt-4o-mini", "gpt-4o-mini")]
    [InlineData(Provider.OpenAi, "GPT-4o-mini", "gpt-4o-mini")]
    [InlineData(Provider.OpenAi, "gpt-4.1", "gpt-4.1")]
    [InlineData(Provider.OpenAi, "web search tool calls", null)]
    [InlineData(Provider.OpenAi, "Claude Haiku 4.5", null)]
    [InlineData(Provider.OpenAi, "", null)]
    [InlineData(Provider.Anthropic, "Claude Haiku 4.5", "claude-haiku-4-5-20251001")]
    [InlineData(Provider.Anthropic, "Claude Opus 5", "claude-opus-5")]
    [InlineData(Provider.Anthropic, "Claude Sonnet 4", "claude-sonnet-4-20250514")]
    [InlineData(Provider.Anthropic, "Claude Haiku 3.5", "claude-3-5-haiku-20241022")]
    [InlineData(Provider.Anthropic, "Claude Sonnet 3.7", "claude-3-7-sonnet-20250219")]
    [InlineData(Provider.Anthropic, "Claude Haiku 3", "claude-3-haiku-20240307")]
    [InlineData(Provider.Anthropic, "claude-opus-4-5-20251101", "claude-opus-4-5-20251101")]
    [InlineData(Provider.Anthropic, "web_search", null)]
    [InlineData(Provider.Anthropic, "Claude", null)]
    [InlineData(Provider.Anthropic, "Claude 3", null)]
    public void An_item_means_the_model_of_the_card_that_has_its_name(Provider provider, string item, string? model)
    {
        var models = new InvoiceModels(RateCard.Shipped, provider, new DateTimeOffset(2026, 11, 28, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(model, models.Find(item, new DateOnly(2026, 11, 1)));
        Assert.Equal(model, models.Find(item, new DateOnly(2026, 11, 2)));
    }
}
