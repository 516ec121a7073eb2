using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

/// <summary>What becomes of items that a body names and does not hold, on each route that can hold one.</summary>
public sealed class AllowancesTests
{
    private const string Chat = "openaiChat";
    private const string Claude = "anthropicMessages";

    public static TheoryData<string, UnseenItem, string, string> Items => new()
    {
        { Chat, UnseenItem.RemoteImage, Body.ChatOf("""[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]"""), "messages[0].content[0].image_url.url" },
        { Chat, UnseenItem.RemoteImage, Body.ChatOf("""[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]"""), "messages[0].content[0].image_url.url" },
        { Chat, UnseenItem.FileId, Body.ChatOf("""[{"type":"file","file":{"file_id":"f"}}]"""), "messages[0].content[0].file.file_id" },
        { Chat, UnseenItem.FileUrl, Body.ChatOf("""[{"type":"file","file":{"file_url":"https://x"}}]"""), "messages[0].content[0].file.file_url" },
        { Chat, UnseenItem.ServerTool, Body.ChatJson("\"web_search_options\":{}"), "web_search_options" },
        { Claude, UnseenItem.RemoteImage, Body.ClaudeOf("""[{"type":"image","source":{"type":"url","url":"https://x"}}]"""), "messages[0].content[0].source" },
        { Claude, UnseenItem.RemoteImage, Body.ClaudeOf("""[{"source":{"file_id":"f","type":"file"},"type":"image"}]"""), "messages[0].content[0].source" },
        { Claude, UnseenItem.FileUrl, Body.ClaudeOf("""[{"type":"document","source":{"type":"url","url":"https://x"}}]"""), "messages[0].content[0].source" },
        { Claude, UnseenItem.FileId, Body.ClaudeOf("""[{"type":"document","source":{"type":"file","file_id":"f"}}]"""), "messages[0].content[0].source" },
        { Claude, UnseenItem.FileId, Body.ClaudeOf("""[{"type":"container_upload","file_id":"f"}]"""), "messages[0].content[0].type" },
        { Claude, UnseenItem.ServerTool, Body.ClaudeJson("\"tools\":[{\"type\":\"web_search_20260209\",\"name\":\"web_search\"}]"), "tools[0].type" },
        { Claude, UnseenItem.ServerTool, Body.ClaudeJson("\"tools\":[{\"max_uses\":5,\"type\":\"web_fetch_20260309\",\"name\":\"web_fetch\"}]"), "tools[0].type" },
    };

    [Theory]
    [MemberData(nameof(Items))]
    public void Refused_it_names_the_field_and_the_setting_that_allows_it(string route, UnseenItem item, string json, string param)
    {
        var error = Read(route, item, Allowance.Refuse, json, new ProviderRequest());
        Assert.Equal(param, error?.Param);
        Assert.Contains($"BudgetProxy__Allowances__{route}__{Allowances.NameOf(item)}", error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void A_number_is_added_and_the_window_leaves_no_bound(string route, UnseenItem item, string json, string param)
    {
        Assert.NotEmpty(param);
        var request = new ProviderRequest();
        Assert.True(Allowance.TryParse("1234", out var tokens));
        Assert.Null(Read(route, item, tokens, json, request));
        Assert.Equal(1234, request.AllowanceTokens);
        Assert.False(request.Unbounded);
        Assert.Empty(request.Images);

        Assert.Null(Read(route, item, Allowance.Window, json, request));
        Assert.Equal(0, request.AllowanceTokens);
        Assert.True(request.Unbounded);
        Assert.Empty(request.Images);
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void Allowing_one_item_allows_no_other(string route, UnseenItem item, string json, string param)
    {
        var allowances = RouteAllowances.Default.All.Single(one => one.Route == route);
        foreach (var other in allowances.Items.Where(other => other != item))
            allowances = allowances.With(other, Allowance.Window);
        var request = new ProviderRequest { Allowances = allowances };
        var read = RequestReader.TryRead(route == Chat ? ProviderApi.OpenAiChat : ProviderApi.AnthropicMessages, Body.Utf8(json), request, out var error);
        Assert.Equal(item == UnseenItem.RemoteImage, read);
        Assert.Equal(read ? null : param, error?.Param);
        Assert.False(request.Unbounded);
    }

    [Fact]
    public void Each_of_several_items_costs_its_allowance()
    {
        Assert.True(Allowance.TryParse("50", out var tokens));
        var request = new ProviderRequest();
        Assert.Null(Read(Claude, UnseenItem.ServerTool, tokens, Body.ClaudeJson(
            """ "tools":[{"type":"web_search_20260209","name":"s","max_uses":3},{"type":"code_execution_20260120","name":"c"},{"name":"own","input_schema":{}}] """), request));
        Assert.Equal(100, request.AllowanceTokens);
        Assert.Equal(3 + CommonFields.ServerToolCalls, request.ServerToolCalls);
        Assert.Equal(3, request.Tools);
    }

    [Fact]
    public void A_made_up_number_of_calls_does_not_overflow()
    {
        var request = new ProviderRequest();
        Assert.Null(Read(Claude, UnseenItem.ServerTool, Allowance.Window, Body.ClaudeJson(
            "\"tools\":[" + string.Join(',', Enumerable.Repeat("{\"type\":\"web_search_1\",\"name\":\"s\",\"max_uses\":1e30}", 3000)) + "]"), request));
        Assert.Equal(1_000_000, request.ServerToolCalls);
    }

    [Fact]
    public void An_image_of_a_known_size_needs_no_allowance()
    {
        var request = new ProviderRequest();
        Assert.Null(Read(Chat, UnseenItem.RemoteImage, Allowance.Refuse, Body.ChatOf(
            """[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAABAAAAAQACAYAAAA="}}]"""), request));
        Assert.Equal(new ImageContent(1024, 1024, ImageDetail.Auto, InBody: true), Assert.Single(request.Images));
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("2000000", 2_000_000L)]
    [InlineData("window", null)]
    [InlineData("Refuse", null)]
    public void Reads_a_value(string text, long? tokens)
    {
        Assert.True(Allowance.TryParse(text, out var allowance));
        Assert.Equal(tokens, allowance.Tokens);
        Assert.Equal(text == "window", allowance.IsWindow);
        Assert.Equal(text == "Refuse", allowance == Allowance.Refuse);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("2000001")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("all")]
    public void Takes_no_other_value(string text) => Assert.False(Allowance.TryParse(text, out _));

    private static RequestError? Read(string route, UnseenItem item, Allowance allowance, string json, ProviderRequest request)
    {
        var allowances = RouteAllowances.Default.All.Single(one => one.Route == route);
        Assert.Contains(item, allowances.Items);
        request.Allowances = allowances.With(item, allowance);
        RequestReader.TryRead(route == Chat ? ProviderApi.OpenAiChat : ProviderApi.AnthropicMessages, Body.Utf8(json), request, out var error);
        return error;
    }
}
