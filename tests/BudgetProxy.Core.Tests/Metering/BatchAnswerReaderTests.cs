using System.Text;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Metering;

public sealed class BatchAnswerReaderTests
{
    [Theory]
    [InlineData(Provider.OpenAi, """{"id":"r","custom_id":"a\u0062","response":{"status_code":200,"request_id":"q","body":{"u":1}},"error":null}""", "ab", 200, """{"u":1}""")]
    [InlineData(Provider.OpenAi, """{"response":{"body":null,"status_code":500},"custom_id":"a"}""", "a", 500, null)]
    [InlineData(Provider.OpenAi, """{"custom_id":"a","response":null,"error":{"code":"batch_expired"}}""", "a", 0, null)]
    [InlineData(Provider.Anthropic, """{"custom_id":"a","result":{"type":"succeeded","message":{"u":{"v":1}}}}""", "a", 200, """{"u":{"v":1}}""")]
    [InlineData(Provider.Anthropic, """{"result":{"message":{"u":1},"type":"succeeded"},"custom_id":"a"}""", "a", 200, """{"u":1}""")]
    [InlineData(Provider.Anthropic, """{"custom_id":"a","result":{"type":"errored","error":{"type":"error"}}}""", "a", 0, null)]
    [InlineData(Provider.Anthropic, """{"custom_id":"a","result":{"type":"expired"}}""", "a", 0, null)]
    public void A_result_names_its_line_its_status_and_where_its_answer_stands(Provider provider, string line, string id, int status, string? body)
    {
        Assert.True(BatchAnswerReader.TryRead(provider, Encoding.UTF8.GetBytes(line), out var answer));
        Assert.Equal((id, status), (answer.CustomId, answer.Status));
        Assert.Equal(body, answer.HasBody ? line[answer.Body] : null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"custom_id":7}""")]
    [InlineData("""{"custom_id":"a"} x""")]
    [InlineData("""{"custom_id":"a","response":{"status_code":200""")]
    [InlineData("""{"custom_id":"\ud800","response":null}""")]
    public void What_names_no_line_is_not_read(string line)
    {
        Assert.False(BatchAnswerReader.TryRead(Provider.OpenAi, Encoding.UTF8.GetBytes(line), out _));
        Assert.False(BatchAnswerReader.TryRead(Provider.Anthropic, Encoding.UTF8.GetBytes(line), out _));
    }

    [Fact]
    public void Nothing_makes_it_throw() => Prop.ForAll<byte[], PositiveInt>((bytes, cut) =>
    {
        var line = """{"custom_id":"a","response":{"status_code":200,"body":{"usage":{"prompt_tokens":1}}},"result":{"type":"succeeded","message":{}}}"""u8.ToArray();
        byte[] mixed = [.. line[..(cut.Get % line.Length)], .. bytes, .. line[(cut.Get % line.Length)..]];
        BatchAnswerReader.TryRead(Provider.OpenAi, mixed, out _);
        BatchAnswerReader.TryRead(Provider.Anthropic, mixed, out _);
    }).QuickCheckThrowOnFailure();
}
