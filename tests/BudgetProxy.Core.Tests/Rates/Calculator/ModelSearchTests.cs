using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Rates.Calculator;

namespace BudgetProxy.Core.Tests.Rates.Calculator;

public sealed class ModelSearchTests
{
    [Theory]
    [InlineData("gpt-4o-mini", "openai/gpt-4o-mini@2024-07-18")] // Azure has the id too: OpenAI comes first
    [InlineData("azure/gpt-4o-mini", "azure/gpt-4o-mini@2026-07-24")]
    [InlineData("claude-haiku-4-5", "anthropic/claude-haiku-4-5-20251001@2025-10-01")]
    [InlineData("us.amazon.nova-micro-v1:0", "bedrock/amazon.nova-micro-v1:0@2026-07-24")]
    [InlineData("ft:gpt-4o-mini-2024-07-18:acme:x:1", "openai/ft:gpt-4o-mini-2024-07-18@2024-07-18")]
    [InlineData("ollama/qwen3/8b", "ollama/*@2026-11-21")]
    public void Ids_aliases_and_providers_find_their_row(string name, string id)
    {
        var (rate, problem) = ModelSearch.Find(RateCard.Shipped, name, The.CardDay);
        Assert.Null(problem);
        Assert.Equal(id, rate!.Id);
    }

    [Theory]
    [InlineData("gpt4o-mini", "gpt-4o-mini")]
    [InlineData("GPT-4O-MINI", "gpt-4o-mini")]
    [InlineData("claude-haiku-45", "claude-haiku-4-5")]
    [InlineData("anthropic/claude-sonet-5", "anthropic/claude-sonnet-5")]
    [InlineData("azure/gpt4o-mini", "azure/gpt-4o-mini, azure/gpt-5-mini, azure/gpt-4.1-mini.")] // only what that provider has
    [InlineData("haiku-5-5", "claude-haiku-5-5")] // contained, so nearer than what merely is as short
    public void An_unknown_name_is_told_with_the_nearest_ids(string name, string nearest)
    {
        var (rate, problem) = ModelSearch.Find(RateCard.Shipped, name, The.CardDay);
        Assert.Null(rate);
        Assert.StartsWith($"There is no rate for a model '{name}'. The nearest are: {nearest}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tenants_own_row_prices_it_and_is_told_to_nobody_else()
    {
        var own = The.Row("openai/gpt-4o-mini") with { Tenant = "acme", Model = "acme-secret-model", Aliases = [] };
        var card = RateCard.Shipped.With([own]);
        Assert.Same(own, ModelSearch.Find(card, "acme-secret-model", The.CardDay, "acme").Rate);
        Assert.Contains("acme-secret-model", ModelSearch.Find(card, "acme-secret", The.CardDay, "acme").Problem, StringComparison.Ordinal);
        foreach (var tenant in new[] { null, "other" })
        {
            Assert.StartsWith("There is no rate", ModelSearch.Find(card, "acme-secret-model", The.CardDay, tenant).Problem, StringComparison.Ordinal);
            Assert.DoesNotContain("acme-secret-model", ModelSearch.Nearest(card, "acme", 3, null, tenant));
        }
    }

    [Fact]
    public void A_model_without_token_prices_or_before_its_first_row_is_told_apart()
    {
        Assert.Contains("not billed by tokens", ModelSearch.Find(RateCard.Shipped, "whisper-1", The.CardDay).Problem, StringComparison.Ordinal);
        var early = ModelSearch.Find(RateCard.Shipped, "gpt-5.6", new DateTimeOffset(2026, 7, 8, 23, 59, 59, TimeSpan.Zero));
        Assert.Contains("its first row begins 2026-07-09", early.Problem, StringComparison.Ordinal);
        Assert.Null(ModelSearch.Find(RateCard.Shipped, "*", The.CardDay).Rate);
    }
}
