using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Requests;

public sealed class OpenAiResponsesReaderTests
{
    private static readonly ModelProfile Exact = new() { Encoding = TokenEncoding.O200kBase, ExactEncoding = true };

    [Fact]
    public void Reads_what_decides_the_price()
    {
        var request = Read("""
            "max_output_tokens":50,"stream":true,"service_tier":"flex","user":"u","safety_identifier":"s","reasoning":{"effort":"high"},"instructions":"Be kind."
            """);
        Assert.Equal(50, request.OutputLimit);
        Assert.True(request.Stream && request.HiddenReasoning);
        Assert.Equal(ServiceTier.Flex, request.ServiceTier);
        Assert.Equal("s", request.User);
        Assert.Equal(2, request.Messages);
        Assert.True(request.UsageSplice.IsNone);
    }

    [Theory]
    [InlineData("\"background\":true", "background")]
    [InlineData("\"prompt\":{\"id\":\"pmpt_1\"}", "prompt")]
    [InlineData("\"context_management\":[{\"type\":\"compaction\"}]", "context_management[0]")]
    [InlineData("\"reasoning\":{\"mode\":\"pro\"}", "reasoning.mode")]
    [InlineData("\"service_tier\":\"ultrafast\"", "service_tier")]
    [InlineData("\"previous_response_id\":\"resp_1\"", "previous_response_id")]
    [InlineData("\"conversation\":{\"id\":\"conv_1\"}", "conversation")]
    [InlineData("\"tools\":[{\"type\":\"mcp\",\"server_url\":\"u\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"code_interpreter\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"code_interpreter\",\"container\":\"cntr_1\"}]", "tools[0].container")]
    [InlineData("\"tools\":[{\"type\":\"code_interpreter\",\"container\":{\"type\":\"auto\",\"memory_limit\":\"4g\"}}]", "tools[0].container.memory_limit")]
    [InlineData("\"tools\":[{\"type\":\"image_generation\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"file_search\"}]", "tools[0].type")]
    [InlineData("\"max_output_tokens\":0", "max_output_tokens")]
    [InlineData("\"Instructions\":\"x\"", "Instructions")]
    public void Refuses_what_has_no_bound(string fields, string param) => Assert.Equal(param, Body.Refuse(ProviderApi.OpenAiResponses, Json(fields)).Param);

    [Theory]
    [InlineData("""{"type":"item_reference","id":"msg_1"}""", "input[0].type")]
    [InlineData("""{"id":"msg_1"}""", "input[0].type")]
    [InlineData("""{"type":"reasoning","id":"rs_1","summary":[]}""", "input[0].type")]
    [InlineData("""{"type":"reasoning","id":"rs_1","summary":[],"content":[]}""", "input[0].type")]
    [InlineData("""{"type":"reasoning","id":"rs_1","summary":[],"content":""}""", "input[0].type")]
    [InlineData("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":""}""", "input[0].type")]
    [InlineData("""{"type":"reasoning","id":"rs_1","content":[{"type":"reasoning_text","text":"a"}]}""", "input[0].type")]
    [InlineData("""{"type":"web_search_call","id":"ws_1"}""", "input[0].type")]
    [InlineData("""{"type":"mcp_call","id":"m"}""", "input[0].type")]
    [InlineData("""{"type":"message","role":"assistant","id":"msg_1"}""", "input[0].type")]
    [InlineData("""{"type":"message","role":"assistant","id":"msg_1","content":[]}""", "input[0].type")]
    [InlineData("""{"role":"assistant","id":"msg_1","content":""}""", "input[0].type")]
    [InlineData("""{"type":"function_call","id":"fc_1"}""", "input[0].type")]
    [InlineData("""{"type":"function_call_output","id":"fco_1","output":null}""", "input[0].type")]
    [InlineData("""{"type":"never_heard_of"}""", "input[0].type")]
    [InlineData("""{"role":"tool","content":"a"}""", "input[0].role")]
    [InlineData("""{"role":"user","content":[{"type":"input_audio"}]}""", "input[0].content[0].type")]
    [InlineData("""{"role":"user","content":[{"type":"input_file","file_id":"f"}]}""", "input[0].content[0].file_id")]
    [InlineData("""{"role":"user","content":[{"type":"input_file","file_url":"f"}]}""", "input[0].content[0].file_url")]
    public void Refuses_items_that_are_not_in_the_body(string item, string param) =>
        Assert.Equal(param, Body.Refuse(ProviderApi.OpenAiResponses, "{\"model\":\"m\",\"input\":[" + item + "]}").Param);

    [Fact]
    public void What_the_provider_stored_takes_its_allowance_where_the_operator_gives_one()
    {
        Assert.True(Allowance.TryParse("3000", out var tokens));
        var allowances = RouteAllowances.Default.With(RouteAllowances.Default.Of(ProviderApi.OpenAiResponses), UnseenItem.PreviousResponse, tokens);
        var request = new ProviderRequest { Allowances = allowances.Of(ProviderApi.OpenAiResponses) };
        var body = Body.Utf8("""{"model":"m","previous_response_id":"resp_1","input":[{"id":"msg_1"},{"type":"reasoning","id":"r","summary":[]}]}""");
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiResponses, body, request, out _));
        Assert.Equal(9000, request.AllowanceTokens);
    }

    [Theory]
    [InlineData("""{"type":"message","role":"assistant","id":"msg_1","content":[{"type":"output_text","text":"a"}]}""")]
    [InlineData("""{"type":"function_call_output","id":"fco_1","call_id":"c","output":""}""")]
    [InlineData("""{"role":"user","content":""}""")]
    public void An_item_that_stands_in_the_body_may_have_an_id_too(string item) =>
        Assert.Equal(0, Body.Read(ProviderApi.OpenAiResponses, "{\"model\":\"m\",\"input\":[" + item + "]}").AllowanceTokens);

    [Theory]
    [InlineData("{\"mode\":\"explicit\"}", true)]
    [InlineData("{\"mode\":\"implicit\"}", false)]
    public void A_cache_of_marked_text_only_writes_nothing_else(string options, bool only)
    {
        var request = Body.Read(ProviderApi.OpenAiResponses, Json("\"prompt_cache_options\":" + options));
        Assert.Equal(only, request.CacheOnlyMarked);
        Assert.Equal(only, request.CacheWriteOff);
    }

    [Fact]
    public void A_file_is_guessed_as_in_a_chat()
    {
        var data = "data:application/pdf;base64," + new string('A', 400_000);
        var response = Body.Read(ProviderApi.OpenAiResponses, """{"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_data":"FILE"}]}]}""".Replace("FILE", data, StringComparison.Ordinal));
        var chat = Body.Read(ProviderApi.OpenAiChat, """{"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{"file_data":"FILE"}}]}]}""".Replace("FILE", data, StringComparison.Ordinal));
        Assert.True(response.Unbounded);
        Assert.True(response.DocumentTokens > 1_000);
        Assert.Equal(chat.DocumentTokens, response.DocumentTokens);
    }

    [Theory]
    [InlineData("", 10, 10, 1)]
    [InlineData("\"max_tool_calls\":3,", 3, 3, 1)]
    [InlineData("\"max_tool_calls\":0,", 0, 0, 0)]
    public void Each_tool_on_the_providers_side_has_its_own_fee(string limit, int searches, int files, int sessions)
    {
        Assert.True(Allowance.TryParse("window", out var window));
        var allowances = RouteAllowances.Default.With(RouteAllowances.Default.Of(ProviderApi.OpenAiResponses), UnseenItem.ServerTool, window);
        var request = new ProviderRequest { Allowances = allowances.Of(ProviderApi.OpenAiResponses) };
        var tools = """[{"type":"web_search"},{"type":"file_search","vector_store_ids":["v"]},{"type":"code_interpreter","container":{"type":"auto"}}]""";
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiResponses, Body.Utf8(Json(limit + "\"tools\":" + tools)), request, out _));
        Assert.Equal((searches, files, sessions), (request.ServerToolCalls, request.FileSearches, request.CodeSessions));
    }

    [Fact]
    public void The_limit_of_tool_calls_is_one_for_all()
    {
        Assert.True(Allowance.TryParse("100", out var tokens));
        var allowances = RouteAllowances.Default.With(RouteAllowances.Default.Of(ProviderApi.OpenAiResponses), UnseenItem.ServerTool, tokens);
        var request = new ProviderRequest { Allowances = allowances.Of(ProviderApi.OpenAiResponses) };
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiResponses, Body.Utf8(Json("\"max_tool_calls\":3,\"tools\":[{\"type\":\"web_search\"}]")), request, out _));
        Assert.Equal(3, request.ServerToolCalls);
        Assert.True(RequestReader.TryRead(ProviderApi.OpenAiResponses, Body.Utf8(Json("\"tools\":[{\"type\":\"web_search\"}]")), request, out _));
        Assert.Equal(CommonFields.ServerToolCalls, request.ServerToolCalls);
    }

    [Fact]
    public void Counts_every_text_of_an_agents_turn()
    {
        const string Json = """
            {"model":"m","instructions":"i0","input":[{"role":"user","content":[{"type":"input_text","text":"t1"}]},{"type":"function_call","call_id":"c1","name":"n1","arguments":"a1"},
            {"type":"function_call_output","call_id":"c1","output":"o1"},{"type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"t2","annotations":[]}]},
            {"type":"reasoning","id":"r1","summary":[{"type":"summary_text","text":"s1"}],"encrypted_content":"e1"}]}
            """;
        var request = Body.Read(ProviderApi.OpenAiResponses, Json);
        Assert.Equal(
            ["Text:i0", "Text:t1", "ToolCallId:c1", "ToolCall:n1", "ToolCall:a1", "ToolCallId:c1", "Text:o1", "Text:t2", "ToolCallId:r1", "Text:s1", "Encrypted:e1"],
            Body.Spans(request, Json));
        Assert.Equal(6, request.Messages);
        Assert.Equal(1, request.ToolCalls);
    }

    [Fact]
    public void The_guess_is_the_text_and_its_frame_and_the_bound_is_above_it()
    {
        var json = """{"model":"m","instructions":"Hello, world!","input":"tiktoken is great!"}""";
        var estimate = InputEstimator.Estimate(ProviderApi.OpenAiResponses, Body.Read(ProviderApi.OpenAiResponses, json), Body.Utf8(json), Exact);
        Assert.Equal(4 + 6 + 3 + 8, estimate.Tokens);
        Assert.InRange(estimate.Bound, estimate.Tokens + 16, estimate.Tokens + 20);
        Assert.Equal(CountMethod.Calibrated, estimate.Method);
    }

    private static string Json(string fields) => "{\"model\":\"gpt-4o\",\"input\":\"Hi\"," + fields.Trim() + "}";

    private static ProviderRequest Read(string fields) => Body.Read(ProviderApi.OpenAiResponses, Json(fields));
}
