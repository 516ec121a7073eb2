using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>The ledger's rows on one session.</summary>
internal sealed class LedgerTable(SqliteSession session)
{
    public const string Columns =
        "id, request_id, adjusts, " + CallColumns.Names + ", served_model, rate, basis, cost, charged, reserved, overrun, status, settled_at, tier, regional, markup, unknown_bucket, prepaid";

    public const int ColumnCount = FirstCharge + 14;

    private const int FirstCall = 3;
    private const int FirstUsage = FirstCall + CallColumns.StartedAt + 1;
    private const int FirstCharge = FirstCall + CallColumns.Count;

    private readonly SqliteStatement _append = session.Prepare(
        $"INSERT INTO ledger ({Columns}) VALUES (?, ?, ?, {CallColumns.Parameters}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        + "coalesce(?, EXISTS (SELECT 1 FROM prepaid_before WHERE tenant = ?))) ON CONFLICT (id) DO NOTHING");

    private readonly SqliteStatement _find = session.Prepare("SELECT 1 FROM ledger WHERE id = ?");
    private readonly SqliteStatement _last = session.Prepare("SELECT settled_at FROM ledger ORDER BY seq DESC LIMIT 1");

    /// <returns>False where an entry of this id is there already: it is left as it is.</returns>
    public bool Append(LedgerEntry entry)
    {
        var caller = entry.ToCaller();
        _append.Bind(entry.Id).Bind(entry.RequestId).Bind(entry.Adjusts);
        CallColumns.Bind(_append, caller, (entry.Provider, entry.Api, entry.Model), entry.Streamed, entry.StartedAt, entry.Usage);
        _append
            .Bind(entry.ServedModel).Bind(entry.Rate).Bind((int)entry.Basis)
            .Bind(entry.Cost.Value).Bind(entry.Charged.Value).Bind(entry.Reserved.Value).Bind(entry.Overrun.Value)
            .Bind(entry.Status).Bind(entry.SettledAt.ToUnixTimeMilliseconds())
            .Bind((long?)entry.Tier).Bind(CallColumns.Flag(entry.Regional)).Bind(entry.MarkupBasisPoints).Bind(entry.UnknownBucket ? 1 : 0)
            .Bind(CallColumns.Flag(entry.Prepaid)).Bind(entry.Tenant)
            .Run();
        return session.Changes == 1;
    }

    public bool Contains(Guid id)
    {
        var found = _find.Bind(id).Read();
        _find.Reset();
        return found;
    }

    /// <summary>When the newest entry was settled; null = the ledger is empty.</summary>
    public DateTimeOffset? LastSettled()
    {
        DateTimeOffset? last = _last.Read() ? DateTimeOffset.FromUnixTimeMilliseconds(_last.Int64(0)) : null;
        _last.Reset();
        return last;
    }

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static LedgerEntry Read(SqliteStatement row)
    {
        var caller = CallColumns.Caller(row, FirstCall, row.Int64(FirstCharge + 13) != 0);
        return new LedgerEntry
        {
            Id = row.Id(0),
            RequestId = row.Id(1),
            Adjusts = row.IsNull(2) ? null : row.Id(2),
            Tenant = caller.Tenant,
            Key = caller.Key,
            User = caller.User,
            Project = caller.Project,
            Run = caller.Run,
            Tags = caller.Tags,
            Provider = row.Text(FirstCall + 6)!,
            Api = row.Text(FirstCall + 7)!,
            Model = row.Text(FirstCall + 8)!,
            Streamed = row.Int64(FirstCall + 9) != 0,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(FirstCall + CallColumns.StartedAt)),
            Usage = CallColumns.Usage(row, FirstUsage),
            ServedModel = row.Text(FirstCharge),
            Rate = row.Text(FirstCharge + 1),
            Basis = (UsageBasis)row.Int64(FirstCharge + 2),
            Cost = new NanoUsd(row.Int64(FirstCharge + 3)),
            Charged = new NanoUsd(row.Int64(FirstCharge + 4)),
            Reserved = new NanoUsd(row.Int64(FirstCharge + 5)),
            Overrun = new NanoUsd(row.Int64(FirstCharge + 6)),
            Status = (int)row.Int64(FirstCharge + 7),
            SettledAt = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(FirstCharge + 8)),
            Tier = CallColumns.Tier(row, FirstCharge + 9),
            Regional = CallColumns.Flag(row, FirstCharge + 10),
            MarkupBasisPoints = row.IsNull(FirstCharge + 11) ? null : (int)row.Int64(FirstCharge + 11),
            UnknownBucket = row.Int64(FirstCharge + 12) != 0,
            Prepaid = caller.Prepaid,
        };
    }
}
