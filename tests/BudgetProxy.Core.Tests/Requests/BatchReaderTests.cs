using System.Text;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class BatchReaderTests
{
    [Fact]
    public void A_line_gives_its_id_its_url_and_where_its_body_stands()
    {
        const string Line = """{"method":"POST","body": {"model":"m","n":[1,{}]} ,"url":"/v1/responses","custom_id":"a\u0062c"}""";
        var envelope = new BatchEnvelope();
        Assert.True(OpenAiBatchReader.TryRead(Encoding.UTF8.GetBytes(Line), envelope, new ProviderRequest(), out _));
        Assert.Equal("abc", envelope.CustomId);
        Assert.Equal(ProviderApi.OpenAiResponses, envelope.Api);
        Assert.Equal("""{"model":"m","n":[1,{}]}""", Line[envelope.Body]);
        Assert.Equal(BatchEnvelope.HashOf("abc"), BatchEnvelope.HashOf(envelope.CustomId));
        Assert.NotEqual(BatchEnvelope.HashOf("abc"), BatchEnvelope.HashOf("abd"));
    }

    [Theory]
    [InlineData("""{"method":"POST","url":"/v1/chat/completions","body":{}}""", "custom_id")]
    [InlineData("""{"custom_id":"","method":"POST","url":"/v1/chat/completions","body":{}}""", "custom_id")]
    [InlineData("""{"custom_id":7,"method":"POST","url":"/v1/chat/completions","body":{}}""", "custom_id")]
    [InlineData("""{"custom_id":"a","url":"/v1/chat/completions","body":{}}""", "method")]
    [InlineData("""{"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{}}""", "method")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/files","body":{}}""", "url")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions/","body":{}}""", "url")]
    [InlineData("""{"custom_id":"a","method":"POST","body":{}}""", "url")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions"}""", "body")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":"{}"}""", "body")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{},"more":1}""", "more")]
    [InlineData("""{"custom_id":"a","custom_id":"b","method":"POST","url":"/v1/chat/completions","body":{}}""", "custom_id")]
    [InlineData("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"x":1,"\u0078":2}}""", "body")]
    public void A_line_that_can_not_be_read_with_certainty_is_refused(string line, string param)
    {
        Assert.False(OpenAiBatchReader.TryRead(Encoding.UTF8.GetBytes(line), new BatchEnvelope(), new ProviderRequest(), out var error));
        Assert.Equal(param, error.Param);
    }

    [Fact]
    public void Two_objects_on_a_line_are_refused() => Assert.False(OpenAiBatchReader.TryRead(
        """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{}} {}"""u8, new BatchEnvelope(), new ProviderRequest(), out _));

    [Theory]
    [InlineData("""{"input_file_id":"file-1","endpoint":"/v1/embeddings","completion_window":"24h","metadata":{"a":"b"}}""", true)]
    [InlineData("""{"endpoint":"/v1/embeddings"}""", false)]
    [InlineData("""{"input_file_id":"file-1"}""", false)]
    [InlineData("""{"input_file_id":"file-1","input_file_id":"file-2","endpoint":"/v1/embeddings"}""", false)]
    public void An_order_names_its_file_and_endpoint(string body, bool good)
    {
        Assert.Equal(good, OpenAiBatchReader.TryReadOrder(Encoding.UTF8.GetBytes(body), new ProviderRequest(), out var order, out _));
        if (good)
            Assert.Equal(new OpenAiBatchOrder("file-1", "/v1/embeddings"), order);
    }

    [Theory]
    [InlineData("""{"custom_id":"a-B_9","params":{"model":"m"}}""", true)]
    [InlineData("""{"custom_id":"a b","params":{}}""", false)]
    [InlineData("""{"custom_id":"a"}""", false)]
    [InlineData("""{"params":{}}""", false)]
    [InlineData("""{"custom_id":"a","params":{},"url":"/v1/messages"}""", false)]
    [InlineData("""{"custom_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","params":{}}""", false)]
    public void A_request_of_a_message_batch_has_an_id_and_params(string request, bool good)
    {
        var envelope = new BatchEnvelope();
        Assert.Equal(good, AnthropicBatchReader.TryRead(Encoding.UTF8.GetBytes(request), envelope, new ProviderRequest(), out _));
        if (good)
            Assert.Equal("""{"model":"m"}""", request[envelope.Body]);
    }
}
