using System.Security.Cryptography;
using System.Text;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Rates;

/// <summary>
/// Prices one ledger entry again, with what corrected it since, by the row that is in force at its start now. The difference becomes an entry of its own,
/// whose id is made from the entry that it corrects and the row: whoever books it, however often, books it once.
/// </summary>
internal sealed class EntryRepricing
{
    private static readonly ServiceTier[] AnyTier = Enum.GetValues<ServiceTier>();
    private static readonly bool[] AnyRegion = [false, true];

    private readonly RateSnapshot _table;
    private readonly LedgerEntry _first;

    /// <summary>The entry, or the last correction of its usage: whose figures hold.</summary>
    private readonly LedgerEntry _holds;

    private readonly List<LedgerEntry> _repriced = [];
    private readonly Usage _usage;

    /// <param name="first">A first entry.</param>
    /// <param name="corrections">All entries that correct it, in the order of their settling.</param>
    public EntryRepricing(RateSnapshot table, LedgerEntry first, IEnumerable<LedgerEntry> corrections)
    {
        _table = table;
        _first = first;
        _holds = first;
        _usage = first.Usage;
        Booked = first.Cost;
        BookedCharge = first.Charged;
        foreach (var correction in corrections)
        {
            Booked += correction.Cost;
            BookedCharge += correction.Charged;
            // A correction of the price has no usage of its own.
            if (correction.Usage == default && correction.Id != Entries.AdjustmentOf(first.Id))
            {
                _repriced.Add(correction);
                continue;
            }

            _usage += correction.Usage;
            _holds = correction;
        }
    }

    /// <summary>What the books say now that the provider takes for the call.</summary>
    public NanoUsd Booked { get; }

    /// <summary>The same with markup.</summary>
    public NanoUsd BookedCharge { get; }

    /// <summary>The correcting entry; null unless the verdict is <see cref="RerateVerdict.Changed"/>.</summary>
    public LedgerEntry? Correction { get; private set; }

    /// <param name="now">When the correction is settled.</param>
    public RerateVerdict Decide(DateTimeOffset now)
    {
        // A call that came to nothing in the end was dropped: it owes no fee either.
        if (RowNow() is not { } rate || (_repriced.Count == 0 && _holds.Rate == rate.Id) || (Booked == NanoUsd.Zero && _usage == default))
            return RerateVerdict.Same;
        var id = IdOf(_holds.Id, _first.Id, rate.Id);
        if (_repriced.Exists(correction => correction.Id == id))
            return RerateVerdict.Same;
        // What cost something by no row was priced by several, or in a way that this version does not know.
        if (Billing(rate) is not { } billed || (_holds.Rate is null && Booked != NanoUsd.Zero && _repriced.Count == 0))
            return RerateVerdict.PriceUnknown;
        if (billed.Cost == Booked)
            return RerateVerdict.Same;
        if (Charge(billed.Cost) is not { } charged)
            return RerateVerdict.MarkupUnknown;
        Correction = _first with
        {
            Id = id,
            Adjusts = _first.Id,
            ServedModel = _holds.ServedModel,
            Rate = rate.Id,
            Basis = _holds.Basis,
            Usage = default,
            Cost = billed.Cost - Booked,
            Charged = charged - BookedCharge,
            Reserved = NanoUsd.Zero,
            Overrun = NanoUsd.Zero,
            Tier = billed.Tier,
            Regional = billed.Regional,
            SettledAt = now,
        };
        return RerateVerdict.Changed;
    }

    /// <summary>
    /// The id of the one entry that brings an entry to a row's price. Made from both, so that it can't be booked twice; it begins with the instant of the
    /// call, and so sorts beside it.
    /// </summary>
    /// <param name="holds">The entry whose usage is priced: the call's own, or the last that corrected its usage.</param>
    internal static Guid IdOf(Guid holds, Guid first, string rate)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{holds:N} {rate}"), hash);
        first.TryWriteBytes(bytes, bigEndian: true, out _);
        hash[..10].CopyTo(bytes[6..]);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The row that would bill the call today: found as the settling of a call finds it.</summary>
    private Rate? RowNow() => ProviderNames.TryParse(_first.Provider, out var provider)
        && _table.Card.Find(provider, _first.Model, _first.StartedAt, _first.Tenant) is { } asked
            ? _table.Card.Billing(asked, _holds.ServedModel, _first.StartedAt, _first.Tenant)
            : null;

    /// <summary>
    /// The price at the tier and region that were billed. Where they were not kept, those count that come to what was booked by the row that was named then;
    /// the price is known only where they all come to one.
    /// </summary>
    private (NanoUsd Cost, ServiceTier? Tier, bool? Regional)? Billing(Rate rate)
    {
        ServiceTier[] tiers = _holds.Tier is { } tier ? [tier] : AnyTier;
        bool[] regions = _holds.Regional is { } regional ? [regional] : AnyRegion;
        // What was presumed of a batch is a sum of many calls: only where one call's price comes to it can it be priced again as one.
        var known = _holds is { Tier: not null, Regional: not null, Basis: not UsageBasis.Presumed };
        var before = _holds.Rate is { } id && _table.Find(id)?.Rate is { Tokens: not null } row ? row : null;
        var booked = Booked - Repriced(entry => entry.Cost);
        NanoUsd? cost = null;
        foreach (var oneTier in tiers)
        {
            foreach (var oneRegion in regions)
            {
                if (!known && before is not null && !Fits(before, oneTier, oneRegion, booked))
                    continue;
                var price = rate.Price(_usage, oneTier, oneRegion, Rounding.HalfEven);
                if (cost is { } other && other != price)
                    return null;
                cost = price;
            }
        }

        return cost is { } found ? (found, _holds.Tier, _holds.Regional) : null;
    }

    private bool Fits(Rate row, ServiceTier tier, bool regional, NanoUsd booked) =>
        row.Price(_usage, tier, regional, Rounding.HalfEven) == booked || row.Price(_usage, tier, regional, Rounding.Up) == booked;

    /// <summary>The cost with the markup that the entry had. Where it was not kept it is read off what was charged, if that allows one answer.</summary>
    private NanoUsd? Charge(NanoUsd cost)
    {
        if (_holds.MarkupBasisPoints is { } kept)
            return cost.WithMarkup(kept);
        var booked = Booked - Repriced(entry => entry.Cost);
        var charged = BookedCharge - Repriced(entry => entry.Charged);
        if (booked <= NanoUsd.Zero)
            return null;
        // The lowest and the highest markup that come to what was charged.
        var near = (int)Int128.Clamp((((Int128)charged.Value * 10_000) / booked.Value) - 10_000, -10_000, int.MaxValue / 2);
        var reach = (int)Math.Min(10_000 / booked.Value, 10_000) + 2;
        int? low = null, high = null;
        for (var markup = Math.Max(near - reach, -10_000); markup <= near + reach; markup++)
        {
            if (booked.WithMarkup(markup) != charged)
                continue;
            low ??= markup;
            high = markup;
        }

        return low is { } least && cost.WithMarkup(least) == cost.WithMarkup(high!.Value) ? cost.WithMarkup(least) : null;
    }

    private NanoUsd Repriced(Func<LedgerEntry, NanoUsd> amount) => _repriced.Aggregate(NanoUsd.Zero, (sum, entry) => sum + amount(entry));
}
