using System.Text;
using BudgetProxy.Core.Requests;
using BudgetProxy.Invoices;
using BudgetProxy.Rates.Import;

namespace BudgetProxy.Tests.Invoices;

public sealed class InvoiceReaderTests
{
    /// <summary>The columns of an export of 2026, in its order.</summary>
    private const string OpenAiHeader =
        "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,quantity,quantity_unit,line_item,user_id,api_key_id,project_id,"
        + "organization_id,project_name,organization_name,user_email,api_source\n";

    private const string AnthropicHeader =
        "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed,api_key_id,api_key_status\n";

    [Fact]
    public async Task OpenAi_s_costs_are_added_up_by_day_and_model_and_rounded_once()
    {
        var file = await ReadAsync(
            Provider.OpenAi,
            OpenAiHeader
            + "1790467200,1790553600,2026-09-27T00:00:00+00:00,2026-09-28T00:00:00+00:00,,,,,,,,,,,,,\n"
            + "1790553600,1790640000,2026-09-28T00:00:00,2026-09-29T00:00:00,0.003835980000000000000000000000,usd,1,tokens,\"gpt-4o-mini-2024-07-18, input\",,key_1,p,o,P,O,e,\n"
            + "1790553600,1790640000,2026-09-28T00:00:00,2026-09-29T00:00:00,0.0000000004,usd,1,tokens,\"gpt-4o-mini-2024-07-18, cached input\",,key_1,p,o,P,O,e,\n"
            + "1790553600,1790640000,2026-09-28T00:00:00,2026-09-29T00:00:00,0.0000000004,usd,1,tokens,\"batch | gpt-4o-mini-2024-07-18, output, long context\",,k,p,o,P,O,e,\n"
            + "1790553600,1790640000,2026-09-28T00:00:00,2026-09-29T00:00:00,0E-6176,usd,1,tokens,\"gpt-5-nano, input\",,k,p,o,P,O,e,\n"
            + "1790640000,1790726400,2026-09-29T00:00:00,2026-09-30T00:00:00,1.5E-2,usd,1,calls,web search tool calls,,k,p,o,P,O,e,\n"
            + "1790640000,1790726400,2026-09-29T00:00:00,2026-09-30T00:00:00,2,USD,,,,,,,o,,O,e,\n");
        Assert.Equal((Day(27), Day(29), 6L), (file.From, file.To, file.Rows));
        Assert.Equal(
            [
                (Day(28), "gpt-4o-mini-2024-07-18", 3_835_981), (Day(28), "gpt-5-nano", 0), (Day(29), "", 2_000_000_000), (Day(29), "web search tool calls", 15_000_000),
            ],
            file.Lines.Select(line => (line.Day, line.Item, line.Cost.Value)));
        Assert.Equal(2_018_835_981, file.Cost.Value);
    }

    [Fact]
    public async Task Anthropic_s_costs_are_added_up_by_day_and_model()
    {
        var file = await ReadAsync(
            Provider.Anthropic,
            "\uFEFF" + AnthropicHeader.Replace("\n", "\r\n", StringComparison.Ordinal)
            + "2026-09-04,Claude Haiku 4.5,Default,a key,message,≤ 200k,input_no_cache,0.05,0.10,token,not_available,,apikey_1,active\r\n"
            + "2026-09-04,Claude Haiku 4.5,Other,b,message,≤ 200k,output,0.0200000005,0.02,token,not_available,,apikey_1,archived\r\n\r\n"
            + "2026-09-05,,Default,b,message,,,0.01,0.01,web_search,not_available,,apikey_1,active\r\n"
            + "2026-09-05,Claude Opus 5,Default,b,message,≤ 200k,output,-1,0,token,global,,apikey_1,active\r\n");
        Assert.Equal(
            [(Day(4), "Claude Haiku 4.5", 70_000_000), (Day(5), "Claude Opus 5", -1_000_000_000), (Day(5), "web_search", 10_000_000)],
            file.Lines.Select(line => (line.Day, line.Item, line.Cost.Value)));
    }

    [Fact]
    public async Task Columns_may_stand_in_any_order_and_others_beside_them()
    {
        var file = await ReadAsync(Provider.OpenAi, "note,Line_Item,AMOUNT_VALUE,start_time_iso\nx,gpt-4o,1,2026-09-04T00:00:00Z\n");
        Assert.Equal((Day(4), "gpt-4o", 1_000_000_000), (file.Lines[0].Day, file.Lines[0].Item, file.Lines[0].Cost.Value));
    }

    [Theory]
    [InlineData(Provider.OpenAi, "", "The file is empty.")]
    [InlineData(Provider.OpenAi, "start_time,amount_value\n", "a header and no row")]
    [InlineData(Provider.OpenAi, "a,b\n1,2\n", "Line 1: there is no column amount_value, start_time,")]
    [InlineData(Provider.OpenAi, "amount_value,amount_value,start_time\n", "the column 'amount_value' is there twice")]
    [InlineData(Provider.OpenAi, "start_time,num_model_requests,input_tokens\n", "an export of usage: it has tokens and no costs")]
    [InlineData(Provider.Anthropic, "usage_date_utc,model_version,usage_output_tokens\n", "an export of usage: it has tokens and no costs")]
    [InlineData(Provider.OpenAi, "start_time,amount_value\n1790553600,1\n1790553600,much\n", "Line 3, column amount_value: 'much' is not an amount")]
    [InlineData(Provider.OpenAi, "start_time,amount_value\n1790553600,1,2\n", "Line 2: it has 3 fields, and the header has 2")]
    [InlineData(Provider.OpenAi, "start_time,amount_value\nyesterday,1\n", "Line 2, column start_time: 'yesterday'")]
    [InlineData(Provider.OpenAi, "start_time,amount_value\n99999999999999,1\n", "Line 2, column start_time")]
    [InlineData(Provider.OpenAi, "start_time,amount_value\n1790553600,1E20\n", "Line 2, column amount_value: 1E20 USD can't be")]
    [InlineData(Provider.OpenAi, "start_time,end_time,amount_value\n1790553600,1793145600,1\n", "Line 2, column end_time: the row is for more than a day")]
    [InlineData(Provider.OpenAi, "start_time,end_time,amount_value\n1790553600,1790553599,1\n", "Line 2, column end_time: the row ends before it begins")]
    [InlineData(Provider.OpenAi, "start_time,amount_value,amount_currency\n1790553600,1,eur\n", "Line 2, column amount_currency: 'eur' is not usd")]
    [InlineData(Provider.OpenAi, "start_time,amount_value,line_item\n1790553600,1,\"a\"b\n", "Line 2: a quote stands where none may")]
    [InlineData(Provider.OpenAi, "start_time,amount_value,line_item\n1790553600,1,a\u0001b\n", "Line 2, column line_item: Must not contain control characters")]
    [InlineData(Provider.OpenAi, "start_time,amount_value\n0,1\n", "Line 2, column start_time: 1970-01-01 can't be the day of a bill")]
    [InlineData(Provider.Anthropic, "usage_date_utc,cost_usd\n9999-12-31,1\n", "Line 2, column usage_date_utc: 9999-12-31 can't be")]
    [InlineData(Provider.Anthropic, "usage_date_utc,cost_usd\n2026-13-01,1\n", "Line 2, column usage_date_utc: '2026-13-01' is not a date")]
    [InlineData(Provider.Anthropic, "usage_date_utc,cost_usd\n\"2026-09-01,1\n", "a quote is opened and never closed")]
    public async Task What_is_not_understood_is_refused_with_its_place(Provider provider, string csv, string problem)
    {
        var refused = await Assert.ThrowsAsync<ImportRefusedException>(() => ReadAsync(provider, csv));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Equal(400, refused.Status);
    }

    [Fact]
    public async Task A_sum_that_no_provider_bills_is_refused()
    {
        var csv = "start_time,amount_value\n" + string.Concat(Enumerable.Repeat("1790553600,10000000\n", 401));
        Assert.StartsWith("Line 402: the file comes to more than 4000000000 USD", (await Assert.ThrowsAsync<ImportRefusedException>(() => ReadAsync(Provider.OpenAi, csv))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_lines_than_a_file_may_have_are_refused()
    {
        var csv = new StringBuilder("start_time,amount_value,line_item\n");
        for (var i = 0; i <= InvoiceReader.MostLines; i++)
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"1790553600,1,model-{i}\n");
        Assert.Contains("more than 50000 lines", (await Assert.ThrowsAsync<ImportRefusedException>(() => ReadAsync(Provider.OpenAi, csv.ToString()))).Message, StringComparison.Ordinal);
    }

    private static async Task<InvoiceFile> ReadAsync(Provider provider, string csv)
    {
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        return await InvoiceReader.ReadAsync(provider, body, CancellationToken.None);
    }

    private static DateOnly Day(int day) => new(2026, 9, day);
}
