using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Rates;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class OpenAiCompletionsReaderTests
{
    [Theory]
    [InlineData("\"Say hello.\"", 1, 3, 0)]
    [InlineData("[\"Say hello.\",\"Say hello.\"]", 2, 6, 0)]
    [InlineData("[1,2,3]", 1, 3, 3)]
    [InlineData("[[1,2],[3]]", 2, 3, 3)]
    [InlineData("\"\"", 1, 0, 0)]
    public void A_prompt_costs_its_text_and_nothing_else(string prompt, int inputs, long tokens, long numbers)
    {
        var (request, estimate) = Read("\"prompt\":" + prompt);
        Assert.Equal((inputs, inputs, numbers, 16L), (request.Inputs, request.Choices, request.TokenInputs, request.OutputLimit));
        Assert.Equal(new InputEstimate(tokens, tokens, CountMethod.Exact), estimate with { Mix = default });
    }

    [Theory]
    [InlineData("\"max_tokens\":5", 1, 5, false)]
    [InlineData("\"n\":3", 3, 16, false)]
    [InlineData("\"n\":2,\"best_of\":5", 5, 16, true)]
    [InlineData("\"best_of\":5,\"n\":2,\"max_tokens\":0", 5, 0, true)]
    [InlineData("\"max_tokens\":null,\"echo\":true,\"logprobs\":2,\"stop\":[\"x\"],\"seed\":1", 1, 16, false)]
    public void Every_candidate_is_billed(string fields, int choices, long limit, bool hidden)
    {
        var (request, _) = Read("\"prompt\":\"a\"," + fields);
        Assert.Equal((choices, limit, hidden), (request.Choices, request.OutputLimit, request.HiddenReasoning));
        Assert.Equal((choices * 3, limit), (Read("\"prompt\":[\"a\",\"b\",\"c\"]," + fields).Request.Choices, request.OutputLimit));
    }

    [Fact]
    public void A_suffix_is_counted_and_leaves_room_for_its_marks()
    {
        var (_, estimate) = Read("\"prompt\":\"Say\",\"suffix\":\" hello.\"");
        Assert.Equal((3 + 16, CountMethod.Bound), (estimate.Bound, estimate.Method));
    }

    [Fact]
    public void Each_prompt_has_the_models_window_to_itself()
    {
        var rate = The.Row("openai/gpt-4o-mini");
        var request = Body.Read(ProviderApi.OpenAiCompletions, """{"model":"m","prompt":["a","b"]}""");
        var input = new InputEstimate(rate.Profile.MaxInput + 5, rate.Profile.MaxInput + 5, CountMethod.Exact);
        Assert.Equal(rate.Profile.MaxInput + 5, Quote.Of(rate, request, input, Expectation.Unknown).Input.Bound);
    }

    [Theory]
    [InlineData("{\"model\":\"m\"}", "prompt")]
    [InlineData("{\"prompt\":\"a\"}", "model")]
    [InlineData("{\"model\":\"m\",\"prompt\":{}}", "prompt")]
    [InlineData("{\"model\":\"m\",\"prompt\":\"a\",\"best_of\":129}", "best_of")]
    [InlineData("{\"model\":\"m\",\"prompt\":\"a\",\"max_tokens\":-1}", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"prompt\":\"a\",\"service_tier\":\"never\"}", "service_tier")]
    public void Refuses_what_it_can_not_price(string json, string param) => Assert.Equal(param, Body.Refuse(ProviderApi.OpenAiCompletions, json).Param);

    private static (ProviderRequest Request, InputEstimate Estimate) Read(string fields)
    {
        var json = "{\"model\":\"gpt-4o-mini\"," + fields + "}";
        var request = Body.Read(ProviderApi.OpenAiCompletions, json);
        return (request, InputEstimator.Estimate(ProviderApi.OpenAiCompletions, request, Body.Utf8(json), The.Row("openai/gpt-4o-mini").Profile));
    }
}
