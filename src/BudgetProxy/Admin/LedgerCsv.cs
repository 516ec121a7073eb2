using System.Buffers;
using System.Text;

namespace BudgetProxy.Admin;

/// <summary>The ledger as CSV: the fields of <see cref="LedgerDocument"/> in their order, tokens flattened, tags as <c>k=v,k=v</c>.</summary>
internal sealed class LedgerCsv
{
    /// <summary>The columns that <see cref="CsvRow.Tokens"/> fills.</summary>
    public const string TokenColumns =
        "tokens.input,tokens.cachedInput,tokens.cacheWriteShort,tokens.cacheWriteLong,tokens.output,tokens.reasoning,tokens.audioInput,"
        + "tokens.audioOutput,tokens.imageInput,tokens.toolCalls,tokens.imageOutput,tokens.fileSearches,tokens.codeSessions";

    private static readonly byte[] Header = Encoding.ASCII.GetBytes(
        "id,requestId,tenant,user,project,key,run,tags,provider,api,model,servedModel,rate,basis," + TokenColumns
        + ",costUsd,chargedUsd,reservedUsd,overrunUsd,streamed,status,startedAt,settledAt,adjusts,tier,regional,unknownBucket\r\n");

    private readonly CsvRow _row = new();

    public static EntryFormat Format()
    {
        var csv = new LedgerCsv();
        return new EntryFormat("text/csv; charset=utf-8", Header, (entry, output) => csv.Write(LedgerDocument.Of(entry), output));
    }

    private void Write(LedgerDocument entry, IBufferWriter<byte> output) => _row
        .Raw(entry.Id.ToString()).Raw(entry.RequestId.ToString()).Text(entry.Tenant).Text(entry.User).Text(entry.Project).Text(entry.Key)
        .Text(entry.Run).Text(string.Join(',', entry.Tags.Select(tag => $"{tag.Key}={tag.Value}"))).Raw(entry.Provider).Raw(entry.Api)
        .Text(entry.Model).Text(entry.ServedModel).Text(entry.Rate).Raw(entry.Basis).Tokens(entry.Tokens).Raw(entry.CostUsd).Raw(entry.ChargedUsd)
        .Raw(entry.ReservedUsd).Raw(entry.OverrunUsd).Raw(entry.Streamed ? "true" : "false").Number(entry.Status).Raw(entry.StartedAt)
        .Raw(entry.SettledAt).Raw(entry.Adjusts?.ToString()).Raw(entry.Tier)
        .Raw(entry.Regional is { } regional ? (regional ? "true" : "false") : null).Raw(entry.UnknownBucket ? "true" : "false")
        .End(output);
}
