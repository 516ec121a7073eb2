using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class OpenAiEmbeddingsReaderTests
{
    [Theory]
    [InlineData("\"a b\"", 1, 0, 1)]
    [InlineData("[\"a\",\"b\",\"c\"]", 3, 0, 3)]
    [InlineData("[1,2,3,100256]", 0, 4, 1)]
    [InlineData("[[1,2],[3]]", 0, 3, 2)]
    [InlineData("\"\"", 0, 0, 1)]
    public void Reads_every_form_of_input(string input, int spans, int tokens, int inputs)
    {
        var request = Body.Read(ProviderApi.OpenAiEmbeddings, $"{{\"input\":{input},\"model\":\"text-embedding-3-small\",\"user\":\"u\",\"dimensions\":256}}");
        Assert.Equal(spans, request.Content.Count);
        Assert.Equal(tokens, request.TokenInputs);
        Assert.Equal(inputs, request.Inputs);
        Assert.Equal("u", request.User);
        Assert.False(request.HasOutput);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[[null]]")]
    [InlineData("[[\"a\"]]")]
    [InlineData("[1,\"a\"]")]
    [InlineData("[\"a\",1]")]
    [InlineData("[1.5]")]
    [InlineData("[-1]")]
    [InlineData("[{}]")]
    [InlineData("[[[1]]]")]
    public void Refuses_other_inputs(string input) =>
        Assert.StartsWith("input", Body.Refuse(ProviderApi.OpenAiEmbeddings, $"{{\"model\":\"m\",\"input\":{input}}}").Param ?? "", StringComparison.Ordinal);

    [Fact]
    public void Needs_a_model_and_an_input()
    {
        Assert.Equal("model", Body.Refuse(ProviderApi.OpenAiEmbeddings, "{\"input\":\"a\"}").Param);
        Assert.Equal("input", Body.Refuse(ProviderApi.OpenAiEmbeddings, "{\"model\":\"m\"}").Param);
    }
}
