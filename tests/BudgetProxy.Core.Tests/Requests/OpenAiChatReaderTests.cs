using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class OpenAiChatReaderTests
{
    [Fact]
    public void Reads_what_decides_the_price()
    {
        var request = Body.Chat("""
            "max_completion_tokens":50,"max_tokens":50,"n":3,"stream":true,"service_tier":"flex","user":"u","safety_identifier":"s\u0031","reasoning_effort":"low"
            """);
        Assert.Equal("gpt-4o", request.Model);
        Assert.Equal(50, request.OutputLimit);
        Assert.Equal(3, request.Choices);
        Assert.True(request.Stream);
        Assert.Equal(ServiceTier.Flex, request.ServiceTier);
        Assert.Equal("s1", request.User);
        Assert.True(request.HiddenReasoning);
        Assert.Equal(1, request.Messages);
    }

    [Fact]
    public void Null_counts_as_absent()
    {
        var request = Body.Chat("""
            "max_tokens":null,"max_completion_tokens":7,"n":null,"stream":null,"service_tier":null,"user":null,"tools":null,"functions":null,"response_format":null,
            "prediction":null,"web_search_options":null,"audio":null,"modalities":null,"reasoning_effort":null,"prompt_cache_options":null,"tool_choice":null
            """);
        Assert.Equal(7, request.OutputLimit);
        Assert.Equal(1, request.Choices);
        Assert.False(request.Stream);
        Assert.Null(request.User);
        Assert.False(request.HiddenReasoning);
    }

    [Theory]
    [InlineData("{\"model\":\"gpt-4o\",\"messages\":[],\"KEY\":1}")]
    [InlineData("{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"KEY\":1}]}")]
    public void A_field_name_that_could_hold_a_prompt_is_refused(string body)
    {
        var long257 = body.Replace("KEY", new string('k', 257), StringComparison.Ordinal);
        var long256 = body.Replace("KEY", new string('k', 256), StringComparison.Ordinal);
        Assert.False(RequestReader.TryRead(ProviderApi.OpenAiChat, Body.Utf8(long257), new ProviderRequest(), out _));
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiChat, Body.Utf8(long256), new ProviderRequest(), out _));
    }

    [Fact]
    public void Resets_the_instance_it_fills()
    {
        var request = Body.Chat("\"n\":4,\"stream\":true,\"user\":\"x\"");
        request.HasOutput = false;
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiChat, Body.Utf8(Body.ChatOf("\"Hi\"")), request, out _));
        Assert.Equal(1, request.Choices);
        Assert.False(request.Stream);
        Assert.Null(request.User);
        Assert.True(request.HasOutput);
        Assert.Single(request.Content);
        Assert.True(request.UsageSplice.IsNone);
    }

    [Theory]
    [InlineData("100", 100)]
    [InlineData("1e9", 1_000_000_000)]
    [InlineData("100.0", 100)]
    [InlineData("1e30", long.MaxValue)]
    [InlineData("1e308", long.MaxValue)]
    [InlineData("1e999", long.MaxValue)]
    [InlineData("99999999999999999999999999", long.MaxValue)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775806", long.MaxValue - 1)]
    [InlineData("922337203685477580.6e1", long.MaxValue - 1)]
    [InlineData("9223372036854775808", long.MaxValue)]
    [InlineData("1.5e1", 15)]
    [InlineData("0.00012E+5", 12)]
    [InlineData("1200e-2", 12)]
    [InlineData("12.000000000000000000000000000000e0", 12)]
    [InlineData("1000000000000000000000000000000e-30", 1)]
    [InlineData("1e99999999999999999999", long.MaxValue)]
    public void A_huge_limit_is_a_bound_and_never_overflows(string number, long limit) =>
        Assert.Equal(limit, Body.Chat($"\"max_tokens\":{number}").OutputLimit);

    [Theory]
    [InlineData("\"max_tokens\":\"100\"", "max_tokens")]
    [InlineData("\"max_tokens\":4.5", "max_tokens")]
    [InlineData("\"max_tokens\":0.99999999999999999999", "max_tokens")]
    [InlineData("\"max_tokens\":100.00000000000000000001", "max_tokens")]
    [InlineData("\"max_tokens\":9007199254740993.5", "max_tokens")]
    [InlineData("\"max_tokens\":15e-1", "max_tokens")]
    [InlineData("\"max_tokens\":1e-99999999999999999999", "max_tokens")]
    [InlineData("\"max_tokens\":0e99", "max_tokens")]
    [InlineData("\"max_tokens\":-0.5", "max_tokens")]
    [InlineData("\"max_to\u212aens\":5", "max_to")]
    [InlineData("\"max_to\\u212aens\":5", "max_to")]
    [InlineData("\"\u017fTREAM\":true", "\u017fTREAM")]
    [InlineData("\"me\u017f\u017fages\":[]", "me\u017f\u017fages")]
    [InlineData("\"max_tokens\":1e-5", "max_tokens")]
    [InlineData("\"max_tokens\":-1", "max_tokens")]
    [InlineData("\"max_tokens\":-1e30", "max_tokens")]
    [InlineData("\"max_tokens\":0", "max_tokens")]
    [InlineData("\"max_tokens\":[5]", "max_tokens")]
    [InlineData("\"max_tokens\":true", "max_tokens")]
    [InlineData("\"max_tokens\":5,\"max_completion_tokens\":6", "max_tokens")]
    [InlineData("\"n\":0", "n")]
    [InlineData("\"n\":1000000", "n")]
    [InlineData("\"n\":129", "n")]
    [InlineData("\"n\":\"2\"", "n")]
    [InlineData("\"stream\":1", "stream")]
    [InlineData("\"stream\":\"true\"", "stream")]
    [InlineData("\"stream_options\":[]", "stream_options")]
    [InlineData("\"stream_options\":{\"include_usage\":1}", "stream_options.include_usage")]
    [InlineData("\"service_tier\":\"ultrafast\"", "service_tier")]
    [InlineData("\"service_tier\":1", "service_tier")]
    [InlineData("\"user\":{\"a\":1}", "user")]
    [InlineData("\"web_search_options\":{}", "web_search_options")]
    [InlineData("\"audio\":\"alloy\"", "audio")]
    [InlineData("\"modalities\":[\"text\",\"video\"]", "modalities[1]")]
    [InlineData("\"tools\":{}", "tools")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"name\":\"x\"}]", "tools[0].type")]
    [InlineData("\"tools\":[1]", "tools[0]")]
    [InlineData("\"tool_choice\":5", "tool_choice")]
    [InlineData("\"response_format\":\"json\"", "response_format")]
    [InlineData("\"Max_Tokens\":5", "Max_Tokens")]
    [InlineData("\"MODEL\":\"gpt-5-pro\"", "MODEL")]
    public void Refuses_and_names_the_field(string fields, string param)
    {
        var error = Body.RefuseChat(fields);
        Assert.StartsWith(param, error.Param ?? "", StringComparison.Ordinal);
        Assert.NotEmpty(error.Message);
    }

    [Theory]
    [InlineData("""{"model":"m"}""", "messages")]
    [InlineData("""{"model":"m","messages":null}""", "messages")]
    [InlineData("""{"model":"m","messages":{}}""", "messages")]
    [InlineData("""{"model":"m","messages":"hi"}""", "messages")]
    [InlineData("""{"model":"m","messages":["hi"]}""", "messages[0]")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"a"},null]}""", "messages[1]")]
    [InlineData("""{"model":"m","messages":[{"content":"a"}]}""", "messages[0].role")]
    [InlineData("""{"model":"m","messages":[{"role":"User","content":"a"}]}""", "messages[0].role")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":5}]}""", "messages[0].content")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[5]}]}""", "messages[0].content[0]")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":5}]}]}""", "messages[0].content[0].text")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":"AA"}]}]}""", "messages[0].content[0].input_audio")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"input_audio":{"data":5,"format":"wav"}}]}]}""", "messages[0].content[0].input_audio")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"video_url","video_url":{"url":"https://x"}}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_url":"https://x"}}]}]}""", "messages[0].content[0].file.file_url")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}""", "messages[0].content[0].file.file_id")]
    [InlineData("""{"model":"m","messages":[{"role":"assistant","audio":{"id":"a"}}]}""", "messages[0].audio")]
    [InlineData("""{"messages":[]}""", "model")]
    [InlineData("""{"model":null,"messages":[]}""", "model")]
    [InlineData("""{"model":"","messages":[]}""", "model")]
    [InlineData("""{"model":7,"messages":[]}""", "model")]
    [InlineData("""{"model":["m"],"messages":[]}""", "model")]
    public void Refuses_a_wrong_shape(string json, string param) =>
        Assert.StartsWith(param, Body.Refuse(ProviderApi.OpenAiChat, json).Param ?? "", StringComparison.Ordinal);

    [Fact]
    public void Refuses_a_model_id_longer_than_256_bytes()
    {
        Assert.Equal(256, Body.Read(ProviderApi.OpenAiChat, $"{{\"model\":\"{new string('m', 256)}\",\"messages\":[]}}").Model.Length);
        Assert.Equal("model", Body.Refuse(ProviderApi.OpenAiChat, $"{{\"model\":\"{new string('m', 257)}\",\"messages\":[]}}").Param);
    }

    [Fact]
    public void Marks_every_text_of_a_conversation()
    {
        const string Json = """
            {"messages":[
              {"role":"system","content":"Be brief.","name":"boss"},
              {"content":[{"text":"What is \"this\"?","type":"text"},{"type":"image_url","image_url":{"detail":"low","url":"https://x/y.png"}}],"role":"user"},
              {"role":"assistant","content":null,"refusal":"no","annotations":[1],"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"42"}],
             "model":"gpt-4o"}
            """;
        var request = Body.Read(ProviderApi.OpenAiChat, Json);
        Assert.Equal(
            [
                "Text:Be brief.", "Name:boss", "Text:What is \\\"this\\\"?", "Text:no", "OpaqueJson:[1]", "ToolCallId:c1", "ToolCall:f",
                "ToolCall:{\\\"a\\\":1}", "ToolCallId:c1", "Text:42",
            ],
            Body.Spans(request, Json));
        Assert.Equal(4, request.Messages);
        Assert.Equal(1, request.ToolCalls);
        Assert.Equal(1, request.ExtraParts);
        Assert.Equal(new ImageContent(0, 0, ImageDetail.Low), Assert.Single(request.Images));
    }

    [Fact]
    public void Keeps_tools_and_schemas_whole_and_counts_enum_items_at_any_depth()
    {
        const string Tool = """{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"enum":{"enum":["a","b",3]},"o":{"anyOf":[{"enum":["c"]}]}}}}}""";
        var json = Body.ChatJson($"\"tools\":[ {Tool} ],\"response_format\":{{\"type\":\"json_schema\",\"json_schema\":{{\"name\":\"n\",\"schema\":{{}}}}}},\"tool_choice\":\"required\"");
        var request = Body.Read(ProviderApi.OpenAiChat, json);
        Assert.Equal(["Text:Hi", "ToolSchema:" + Tool, "ResponseSchema:{\"name\":\"n\",\"schema\":{}}"], Body.Spans(request, json));
        Assert.Equal(1, request.Tools);
        Assert.Equal(4, request.ToolEnumItems);
        Assert.True(request.ToolForced);
    }

    [Fact]
    public void Counts_what_it_does_not_know_but_not_what_is_neutral()
    {
        var json = Body.ChatJson("\"temperature\":1,\"metadata\":{\"a\":\"b\"},\"stop\":[\"x\"],\"new_thing\":{ \"a\": 1 },\"other\":null");
        Assert.Equal(["Text:Hi", "OpaqueJson:{ \"a\": 1 }"], Body.Spans(Body.Read(ProviderApi.OpenAiChat, json), json));
    }

    [Fact]
    public void A_prediction_is_apart_from_the_input()
    {
        var json = Body.ChatJson("\"prediction\":{\"type\":\"content\",\"content\":[{\"type\":\"text\",\"text\":\"abc\"}]}");
        Assert.Equal(["Text:Hi", "Prediction:abc"], Body.Spans(Body.Read(ProviderApi.OpenAiChat, json), json));
    }

    [Theory]
    [InlineData("\"prompt_cache_options\":{\"mode\":\"explicit\"}", CacheWrite.None, true)]
    [InlineData("\"prompt_cache_options\":{\"mode\":\"explicit\",\"ttl\":\"12h\"}", CacheWrite.None, true)]
    [InlineData("\"prompt_cache_options\":{\"mode\":\"implicit\",\"ttl\":\"12h\"}", CacheWrite.Long, false)]
    [InlineData("\"prompt_cache_options\":{\"ttl\":\"30m\"}", CacheWrite.Short, false)]
    [InlineData("\"prompt_cache_options\":{\"ttl\":\"99d\"}", CacheWrite.Long, false)]
    [InlineData("\"seed\":1", CacheWrite.None, false)]
    public void Reads_cache_options(string fields, CacheWrite write, bool off)
    {
        var request = Body.Chat(fields);
        Assert.Equal(write, request.CacheWrite);
        Assert.Equal(off, request.CacheWriteOff);
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"a","prompt_cache_breakpoint":{"mode":"explicit"}}]}""", CacheWrite.Short)]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","prompt_cache_breakpoint":{},"function":{"name":"f"}}]}""", CacheWrite.Long)]
    public void A_cache_mark_counts_wherever_it_stands(string body, CacheWrite write) => Assert.Equal(write, Body.Read(ProviderApi.OpenAiChat, body).CacheWrite);

    [Fact]
    public void A_breakpoint_switches_explicit_writes_on()
    {
        var request = Body.Read(ProviderApi.OpenAiChat, """
            {"prompt_cache_options":{"mode":"explicit","ttl":"12h"},"model":"gpt-5.6-sol",
             "messages":[{"role":"user","content":[{"type":"text","text":"a","prompt_cache_breakpoint":{"type":"x"}}]}]}
            """);
        Assert.Equal(CacheWrite.Long, request.CacheWrite);
        Assert.False(request.CacheWriteOff);
    }

    [Fact]
    public void A_file_is_bounded_by_the_model_alone() =>
        Assert.True(Body.Read(ProviderApi.OpenAiChat, Body.ChatOf("[{\"type\":\"file\",\"file\":{\"filename\":\"a.pdf\",\"file_data\":\"data:application/pdf;base64,JVBERi0=\"}}]")).Unbounded);
}
