using System.Text;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class OutputLimitTextTests
{
    private const string Chat = """ "messages":[{"role":"user","content":"max_tokens: 7"}]""";

    [Theory]
    [InlineData(ProviderApi.OpenAiChat, """{"model":"m", "max_tokens" : 900 ,"x":{"max_tokens":900},""" + Chat + "}", """{"model":"m", "max_tokens" : 77 ,"x":{"max_tokens":900},""" + Chat + "}")]
    [InlineData(ProviderApi.OpenAiChat, """{"max_completion_tokens":9e2,"model":"m",""" + Chat + "}", """{"max_completion_tokens":77,"model":"m",""" + Chat + "}")]
    [InlineData(ProviderApi.OpenAiChat, """{"max\u005ftokens":900,"model":"m",""" + Chat + "}", """{"max\u005ftokens":77,"model":"m",""" + Chat + "}")]
    [InlineData(
        ProviderApi.OpenAiChat, """{"max_tokens":900,"model":"m",""" + Chat + ""","max_completion_tokens":900}""", """{"max_tokens":77,"model":"m",""" + Chat + ""","max_completion_tokens":77}""")]
    [InlineData(
        ProviderApi.OpenAiChat, """{"max_completion_tokens":null,"max_tokens":900,"model":"m",""" + Chat + "}", """{"max_completion_tokens":null,"max_tokens":77,"model":"m",""" + Chat + "}")]
    [InlineData(ProviderApi.OpenAiChat, """{"max_tokens":null,"model":"m",""" + Chat + "}", """{"max_tokens":77,"model":"m",""" + Chat + "}")]
    [InlineData(
        ProviderApi.OpenAiChat, """{"max_tokens":null,"max_completion_tokens": null,"model":"m",""" + Chat + "}", """{"max_tokens":null,"max_completion_tokens": 77,"model":"m",""" + Chat + "}")]
    [InlineData(ProviderApi.OpenAiChat, """ { "model":"m",""" + Chat + "}", """ {"max_completion_tokens":77, "model":"m",""" + Chat + "}")]
    [InlineData(ProviderApi.OpenAiResponses, """{"model":"m","input":"hi"}""", """{"max_output_tokens":77,"model":"m","input":"hi"}""")]
    [InlineData(ProviderApi.OpenAiResponses, """{"model":"m","input":"hi","max_output_tokens":900}""", """{"model":"m","input":"hi","max_output_tokens":77}""")]
    [InlineData(ProviderApi.OpenAiCompletions, """{"model":"m","prompt":["a","b"],"n":2,"max_tokens":900}""", """{"model":"m","prompt":["a","b"],"n":2,"max_tokens":77}""")]
    [InlineData(ProviderApi.AnthropicMessages, """{"model":"m","max_tokens":900,""" + Chat + "}", """{"model":"m","max_tokens":77,""" + Chat + "}")]
    public void Only_the_limit_changes(ProviderApi api, string body, string lowered)
    {
        var request = Read(api, body);
        OutputLimitText.Set(request, 500);
        OutputLimitText.Set(request, 77);
        Assert.Equal(77, request.OutputLimit);
        Assert.Equal(lowered, Spliced(body, request));
        // What goes out is read as it was priced.
        Assert.Equal(77, Read(api, lowered).OutputLimit);
    }

    [Fact]
    public void A_stream_that_asks_for_its_usage_too_gets_both()
    {
        const string Body = """{"stream":true,"model":"m",""" + Chat + "}";
        var request = Read(ProviderApi.OpenAiChat, Body);
        OutputLimitText.Set(request, 77);
        var sent = Spliced(Body, request, request.UsageSplice);
        Assert.Equal((77, true), (Read(ProviderApi.OpenAiChat, sent).OutputLimit, Read(ProviderApi.OpenAiChat, sent).UsageSplice.IsNone));
    }

    [Theory]
    [InlineData("""{"type":"enabled","budget_tokens":2000}""", 4000, 1040)]
    [InlineData("""{"type":"enabled","budget_tokens":1024}""", 4000, 1040)]
    [InlineData("""{"budget_tokens":3999,"type":"enabled"}""", 4000, 1040)]
    [InlineData("""{"type":"enabled","budget_tokens":4000}""", 4000, 16)]
    [InlineData("""{"type":"enabled","budget_tokens":null}""", 4000, 16)]
    [InlineData("""{"type":"adaptive"}""", 4000, 16)]
    public void Thinking_keeps_room_for_itself_and_an_answer(string thinking, int limit, int least)
    {
        foreach (var body in new[]
        {
            $$"""{"thinking":{{thinking}},"model":"m","max_tokens":{{limit}},{{Chat}}}""", $$"""{"model":"m","max_tokens":{{limit}},{{Chat}},"thinking":{{thinking}}}""",
        })
            Assert.Equal(least, OutputLimitText.LeastOf(Read(ProviderApi.AnthropicMessages, body)));
    }

    [Theory]
    [InlineData(3000, 2000)]
    [InlineData(2016, 2000)]
    [InlineData(2015, 1999)]
    [InlineData(1040, 1024)]
    public void Thinking_is_lowered_only_where_it_must_be(long limit, long thinking)
    {
        const string Body = """{"model":"m","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2000},""" + Chat + "}";
        var request = Read(ProviderApi.AnthropicMessages, Body);
        OutputLimitText.Set(request, limit);
        Assert.Equal($$"""{"model":"m","max_tokens":{{limit}},"thinking":{"type":"enabled","budget_tokens":{{thinking}}},""" + Chat + "}", Spliced(Body, request));
    }

    [Fact]
    public void A_request_that_is_used_again_has_nothing_of_the_last()
    {
        var request = Read(ProviderApi.AnthropicMessages, """{"model":"m","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":2000},""" + Chat + "}");
        OutputLimitText.Set(request, 2000);
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiChat, Encoding.UTF8.GetBytes("""{"model":"m",""" + Chat + "}"), request, out _));
        Assert.Empty(request.LimitSplices);
        Assert.Equal((null, 16L), (request.OutputLimit, OutputLimitText.LeastOf(request)));
    }

    private static ProviderRequest Read(ProviderApi api, string body)
    {
        var request = new ProviderRequest();
        Assert.True(RequestReader.TryRead(api, Encoding.UTF8.GetBytes(body), request, out var error), error?.Message);
        return request;
    }

    private static string Spliced(string body, ProviderRequest request, params BodySplice[] more)
    {
        var bytes = Encoding.UTF8.GetBytes(body).ToList();
        foreach (var splice in request.LimitSplices.Concat(more).OrderByDescending(splice => splice.Start))
        {
            bytes.RemoveRange(splice.Start, splice.Removed);
            bytes.InsertRange(splice.Start, splice.Inserted.ToArray());
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
