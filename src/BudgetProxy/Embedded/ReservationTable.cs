using System.Buffers;
using System.Text.Json;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>The reservations' rows on the writer's session.</summary>
internal sealed class ReservationTable(SqliteSession session, CounterTable counters)
{
    private const int FirstCall = 1;
    private const int FirstUsage = FirstCall + CallColumns.StartedAt + 1;
    private const int FirstCharge = FirstCall + CallColumns.Count;
    private const string Columns = "id, " + CallColumns.Names + ", rate, reserved, markup, expires_at, holds, tier, regional, next_part, shares, expected, expected_tokens, prepaid";

    private readonly SqliteStatement _insert = session.Prepare(
        $"INSERT INTO reservations ({Columns}) VALUES (?, {CallColumns.Parameters}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    private readonly SqliteStatement _delete = session.Prepare("DELETE FROM reservations WHERE id = ?");
    private readonly SqliteStatement _presume = session.Prepare("UPDATE reservations SET presumed = 1 WHERE id = ?");
    private readonly SqliteStatement _setHolds = session.Prepare("UPDATE reservations SET holds = ? WHERE id = ?");
    private readonly SqliteStatement _setRest = session.Prepare(
        $"UPDATE reservations SET ({CallColumns.UsageNames}, reserved, holds, next_part, shares) = ({CallColumns.UsageParameters}, ?, ?, ?, ?) WHERE id = ?");

    private readonly SqliteStatement _forget = session.Prepare("DELETE FROM reservations WHERE presumed = 1 AND expires_at < ?");
    private readonly SqliteStatement _selectOpen = session.Prepare($"SELECT {Columns} FROM reservations WHERE presumed = 0");
    private readonly SqliteStatement _selectPresumed = session.Prepare($"SELECT {Columns} FROM reservations WHERE presumed = 1 AND tenant = ?");
    private readonly SqliteStatement _findPresumed = session.Prepare($"SELECT {Columns} FROM reservations WHERE id = ? AND presumed = 1");
    private readonly ArrayBufferWriter<byte> _holds = new();

    public void Insert(OpenReservation reservation)
    {
        var call = reservation.Call;
        _insert.Bind(call.Id);
        CallColumns.Bind(_insert, call.Caller, (call.Provider, call.Api, call.Model), call.Streamed, call.StartedAt, call.WorstUsage);
        _insert
            .Bind(call.Rate).Bind(call.Amount.Value).Bind(call.MarkupBasisPoints)
            .Bind(reservation.ExpiresAt.ToUnixTimeMilliseconds()).Bind(HoldsJson(reservation))
            .Bind((long?)call.Tier).Bind(CallColumns.Flag(call.Regional)).Bind(reservation.NextPart);
        BindShares(_insert, reservation).Bind(call.Expected?.Value).Bind(call.ExpectedTokens).Bind(CallColumns.Flag(call.Caller.Prepaid)).Run();
    }

    public void Delete(Guid id) => _delete.Bind(id).Run();

    /// <summary>Keeps the row of a reservation that was charged as presumed, for a late settlement.</summary>
    public void MarkPresumed(Guid id) => _presume.Bind(id).Run();

    /// <summary>Writes the holds anew.</summary>
    public void SaveHolds(OpenReservation reservation) => _setHolds.Bind(HoldsJson(reservation)).Bind(reservation.Call.Id).Run();

    /// <summary>Writes what a part has left of a standing reservation.</summary>
    public void SaveRest(OpenReservation reservation)
    {
        CallColumns.Bind(_setRest, reservation.Call.WorstUsage);
        _setRest.Bind(reservation.Call.Amount.Value).Bind(HoldsJson(reservation)).Bind(reservation.NextPart);
        BindShares(_setRest, reservation).Bind(reservation.Call.Id).Run();
    }

    /// <summary>Drops presumed rows that expired before this.</summary>
    public void ForgetPresumed(DateTimeOffset before) => _forget.Bind(before.ToUnixTimeMilliseconds()).Run();

    public List<OpenReservation> Open() => ReadAll(_selectOpen);

    public List<OpenReservation> Presumed(string tenant) => ReadAll(_selectPresumed.Bind(tenant));

    public OpenReservation? FindPresumed(Guid id)
    {
        var rows = ReadAll(_findPresumed.Bind(id));
        return rows.Count == 0 ? null : rows[0];
    }

    private List<OpenReservation> ReadAll(SqliteStatement rows)
    {
        var found = new List<(OpenReservation Reservation, string Holds)>();
        while (rows.Read())
            found.Add((Read(rows), rows.Text(FirstCharge + 4)!));
        var reservations = new List<OpenReservation>(found.Count);
        foreach (var (reservation, holds) in found)
        {
            ReadHolds(holds, reservation);
            foreach (var share in reservation.Shares ?? [])
                share.Slot = counters.ByKey(share.Key) is { } owner ? counters.SlotOf(owner, share.Scope, share.Start, share.Ends) : null;
            reservations.Add(reservation);
        }

        return reservations;
    }

    private static OpenReservation Read(SqliteStatement row) => new()
    {
        Call = new ReservedCall
        {
            Id = row.Id(0),
            Caller = CallColumns.Caller(row, FirstCall, CallColumns.Flag(row, FirstCharge + 11)),
            Provider = row.Text(FirstCall + 6)!,
            Api = row.Text(FirstCall + 7)!,
            Model = row.Text(FirstCall + 8)!,
            Streamed = row.Int64(FirstCall + 9) != 0,
            StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(FirstCall + CallColumns.StartedAt)),
            WorstUsage = CallColumns.Usage(row, FirstUsage),
            Rate = row.Text(FirstCharge),
            Amount = new NanoUsd(row.Int64(FirstCharge + 1)),
            MarkupBasisPoints = (int)row.Int64(FirstCharge + 2),
            Expected = row.IsNull(FirstCharge + 9) ? null : new NanoUsd(row.Int64(FirstCharge + 9)),
            ExpectedTokens = row.IsNull(FirstCharge + 10) ? null : row.Int64(FirstCharge + 10),
            Tier = CallColumns.Tier(row, FirstCharge + 5),
            Regional = CallColumns.Flag(row, FirstCharge + 6),
        },
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(row.Int64(FirstCharge + 3)),
        NextPart = (int)row.Int64(FirstCharge + 7),
        Shares = row.Text(FirstCharge + 8) is { } shares ? StandingShares.Read(shares, row.Text(FirstCall)!) : null,
    };

    private static SqliteStatement BindShares(SqliteStatement statement, OpenReservation reservation) =>
        reservation.Shares is { } shares ? statement.Bind(StandingShares.Write(shares)) : statement.Bind((string?)null);

    private ReadOnlySpan<byte> HoldsJson(OpenReservation reservation)
    {
        _holds.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_holds, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartArray();
            foreach (var hold in reservation.Holds)
            {
                json.WriteStartArray();
                json.WriteNumberValue(hold.Slot.Owner.ShapeId);
                json.WriteStringValue(hold.Slot.Scope);
                json.WriteNumberValue(hold.Slot.Start);
                if (hold.Slot.Ends is { } ends)
                    json.WriteNumberValue(ends);
                else
                    json.WriteNullValue();
                json.WriteNumberValue(hold.Amount);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return _holds.WrittenSpan;
    }

    /// <summary>Holds of shapes that are no longer counted are left out.</summary>
    private void ReadHolds(string holds, OpenReservation reservation)
    {
        using var json = JsonDocument.Parse(holds);
        foreach (var hold in json.RootElement.EnumerateArray())
        {
            if (counters.ById(hold[0].GetInt64()) is not { } owner)
                continue;
            long? ends = hold[3].ValueKind == JsonValueKind.Null ? null : hold[3].GetInt64();
            reservation.Holds.Add(new SlotHold(counters.SlotOf(owner, hold[1].GetString()!, hold[2].GetInt64(), ends), hold[4].GetInt64()));
        }
    }
}
