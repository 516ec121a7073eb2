using System.Buffers;
using System.Text;
using BudgetProxy.Admin;
using BudgetProxy.Billing;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Statements;

/// <summary>A statement as CSV: its totals as lines, or its entries as the customer may see them. README.md says what the columns mean.</summary>
internal sealed class StatementCsv
{
    private const string ContentType = "text/csv; charset=utf-8";

    private const string Columns = "tenant,month,soFar,section,provider,name,calls,corrections," + LedgerCsv.TokenColumns + ",chargedUsd";

    /// <summary>Between the section and the money.</summary>
    private static readonly int EmptyCells = Columns.Split(',').Length - 5;

    private static readonly byte[] Header = Encoding.ASCII.GetBytes(Columns + "\r\n");
    private static readonly byte[] HeaderForUs = Encoding.ASCII.GetBytes(Columns + ",costUsd,markupUsd\r\n");

    private static readonly byte[] EntryHeader = Encoding.ASCII.GetBytes(
        "id,requestId,startedAt,settledAt,user,project,key,run,tags,provider,model," + LedgerCsv.TokenColumns + ",chargedUsd,status,adjusts\r\n");

    private readonly CsvRow _row = new();
    private readonly Statement _statement;
    private readonly bool _forUs;
    private readonly IBufferWriter<byte> _output;

    private StatementCsv(Statement statement, bool forUs, IBufferWriter<byte> output)
    {
        _statement = statement;
        _forUs = forUs;
        _output = output;
    }

    /// <summary>Answers with the totals as lines: section <c>total</c> first, then what it is made of.</summary>
    public static async Task SendAsync(HttpContext http, Statement statement, bool forUs)
    {
        http.Response.ContentType = ContentType;
        Write(statement, forUs, http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static void Write(Statement statement, bool forUs, IBufferWriter<byte> output)
    {
        output.Write(forUs ? HeaderForUs : Header);
        var csv = new StatementCsv(statement, forUs, output);
        csv.Line("total", new StatementLine(null, null, statement.Total));
        csv.Line("corrections", new StatementLine(null, null, statement.Corrections));
        if (statement.Billing is { } billing)
            csv.Bill(billing);
        csv.Lines("model", statement.Models);
        csv.Lines("user", statement.Users);
        csv.Lines("project", statement.Projects);
    }

    /// <summary>Entries as the customer may see them.</summary>
    public static EntryFormat Entries()
    {
        var row = new CsvRow();
        return new EntryFormat(ContentType, EntryHeader, (entry, output) => WriteEntry(row, StatementEntryDocument.Of(entry), output));
    }

    private static void WriteEntry(CsvRow row, StatementEntryDocument entry, IBufferWriter<byte> output) => row
        .Raw(entry.Id.ToString()).Raw(entry.RequestId.ToString()).Raw(entry.StartedAt).Raw(entry.SettledAt).Text(entry.User).Text(entry.Project).Text(entry.Key)
        .Text(entry.Run).Text(string.Join(',', entry.Tags.Select(tag => $"{tag.Key}={tag.Value}"))).Raw(entry.Provider).Text(entry.Model).Tokens(entry.Tokens)
        .Raw(entry.ChargedUsd).Number(entry.Status).Raw(entry.Adjusts?.ToString()).End(output);

    /// <summary>Lines that have an amount and nothing else.</summary>
    private void Bill(BilledMonth month)
    {
        foreach (var (section, amount) in new[] { ("before", month.Before), ("included", month.Included), ("prepaid", month.Prepaid), ("billable", month.Billable) })
            Amount(section, amount, isCost: false);
        if (month.Buckets is not { } buckets || (buckets.IsCost && !_forUs))
            return;
        foreach (var (section, amount) in new[]
        {
            ("sent", OfMicro(buckets.Sent)), ("waiting", OfMicro(buckets.Waiting)), ("writtenOff", OfMicro(buckets.WrittenOff)), ("notCut", buckets.NotCut), ("rounding", buckets.Rounding),
        })
            Amount(section, amount, buckets.IsCost);
    }

    private static NanoUsd OfMicro(long micro) => new(checked(micro * 1_000));

    private void Amount(string section, NanoUsd amount, bool isCost)
    {
        _row.Text(_statement.Tenant).Raw(_statement.Month.ToString()).Raw(_statement.SoFar ? "true" : "false").Raw(section);
        for (var i = 0; i < EmptyCells; i++)
            _row.Raw(null);
        _row.Raw(isCost ? null : amount.ToString());
        if (_forUs)
            _row.Raw(isCost ? amount.ToString() : null).Raw(null);
        _row.End(_output);
    }

    private void Lines(string section, IReadOnlyList<StatementLine> lines)
    {
        foreach (var line in lines)
            Line(section, line);
    }

    private void Line(string section, StatementLine line)
    {
        var sums = line.Sums;
        _row.Text(_statement.Tenant).Raw(_statement.Month.ToString()).Raw(_statement.SoFar ? "true" : "false").Raw(section).Raw(line.Provider).Text(line.Name)
            .Number(sums.Calls).Number(sums.Corrections).Tokens(TokensDocument.Of(sums.Usage)).Raw(sums.Charged.ToString());
        if (_forUs)
            _row.Raw(sums.Cost.ToString()).Raw(sums.Markup.ToString());
        _row.End(_output);
    }
}
