using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Rates;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Requests;

/// <summary>An inline document is expected by its pages, and bounded by the model's window alone.</summary>
public sealed class InlineDocumentTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(250)]
    public void A_page_that_stands_open_is_counted_wherever_it_lies(int pages)
    {
        // Names fall on every offset of the blocks that are decoded one by one.
        for (var gap = 0; gap < 40; gap++)
            Assert.Equal(pages * InlineDocument.PageTokens, InlineDocument.Tokens(Written(Pdf(pages, new string('x', 97 + gap)))));
    }

    [Fact]
    public void The_tree_s_own_count_serves_where_its_pages_are_packed() =>
        Assert.Equal(12 * InlineDocument.PageTokens, InlineDocument.Tokens(Written("%PDF-1.7\n1 0 obj <</Type/Pages/Count 12>> endobj /Count -5 /Count 3")));

    [Fact]
    public void A_packed_file_is_guessed_from_its_size()
    {
        Assert.Equal(InlineDocument.PageTokens, InlineDocument.Tokens(Written("%PDF-1.7 packed")));
        Assert.Equal(4 * InlineDocument.PageTokens, InlineDocument.Tokens(Written("%PDF-1.7 " + new string('z', 210_000))));
    }

    [Fact]
    public void A_made_up_count_is_cut_to_the_pages_a_request_can_hold() =>
        Assert.Equal(InlineDocument.MaxPages * InlineDocument.PageTokens, InlineDocument.Tokens(Written("%PDF-1.7 /Count 2147483647")));

    [Fact]
    public void Another_file_is_taken_as_text() => Assert.Equal(1000, InlineDocument.Tokens(Written(new string('a', 4002))));

    [Theory]
    [InlineData("data:application/pdf;base64,")]
    [InlineData("")]
    public void Both_formats_expect_the_pages_and_reserve_the_window(string prefix)
    {
        var data = Convert.ToBase64String(Body.Utf8(Pdf(3, "\n"))).Replace("/", "\\/", StringComparison.Ordinal);
        var chat = Estimate(ProviderApi.OpenAiChat, "openai/gpt-4o", Body.ChatOf($"[{{\"type\":\"file\",\"file\":{{\"filename\":\"a.pdf\",\"file_data\":\"{prefix}{data}\"}}}}]"));
        Assert.InRange(chat.Tokens, 3 * InlineDocument.PageTokens, (3 * InlineDocument.PageTokens) + 20);
        Assert.Equal((InputEstimator.LargestInput, CountMethod.Bound), (chat.Bound, chat.Method));

        var claude = Estimate(ProviderApi.AnthropicMessages, "anthropic/claude-sonnet-5", Body.ClaudeOf(
            $"[{{\"source\":{{\"data\":\"{data}\",\"media_type\":\"application/pdf\",\"type\":\"base64\"}},\"type\":\"document\"}}]"));
        Assert.InRange(claude.Tokens, 3 * InlineDocument.PageTokens, (3 * InlineDocument.PageTokens) + 20);
        Assert.Equal((InputEstimator.LargestInput, CountMethod.Bound), (claude.Bound, claude.Method));
    }

    [Fact]
    public void An_image_in_a_document_s_place_counts_as_nothing_twice()
    {
        const string Png = "iVBORw0KGgoAAAANSUhEUgAABAAAAAQACAYAAAA=";
        Assert.Equal(0, Body.Read(ProviderApi.AnthropicMessages, Body.ClaudeOf($"[{{\"type\":\"image\",\"source\":{{\"type\":\"base64\",\"data\":\"{Png}\"}}}}]")).DocumentTokens);
    }

    private static string Pdf(int pages, string between) =>
        "%PDF-1.4\n<< /Type /Pages /Count 9999 >>" + string.Concat(Enumerable.Repeat("<</Type /Page /Parent 2 0 R>> " + between + "<</Type/PageLabel>>", pages));

    private static byte[] Written(string document) => Body.Utf8(Convert.ToBase64String(Body.Utf8(document)));

    private static InputEstimate Estimate(ProviderApi api, string row, string json) =>
        InputEstimator.Estimate(api, Body.Read(api, json), Body.Utf8(json), The.Row(row).Profile);
}
