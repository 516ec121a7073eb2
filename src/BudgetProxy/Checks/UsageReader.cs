using System.Security.Cryptography;
using System.Text;
using BudgetProxy.Admin;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Gateway;
using BudgetProxy.Ledger;

namespace BudgetProxy.Checks;

/// <summary>Makes entries of usage that nothing was reserved for.</summary>
internal static class UsageReader
{
    /// <summary>How far back usage may lie, in days: as far as a meter of Stripe takes it.</summary>
    public const int MostDays = 35;

    /// <summary>How far a client's clock may be ahead.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    public static UsageLine Read(Call call, DirectQuoter quoter, ReadOnlyMemory<byte> json, int number, DateTimeOffset now)
    {
        var fields = CheckBody.Parse(json, out var problem);
        return fields is null ? new UsageLine(number, null, null, CheckRefusals.NotJson(problem!)) : Read(call, quoter, fields, number, now);
    }

    public static UsageLine Read(Call call, DirectQuoter quoter, FieldReader fields, int number, DateTimeOffset now)
    {
        var id = fields.Required("id");
        var (provider, model) = DirectQuoter.ReadModel(fields, isNeeded: true);
        var use = DirectUse.Read(fields, isForecast: false, isNeeded: true);
        var caller = DirectCaller.Read(fields, call);
        var at = ReadAt(fields, now);
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return new UsageLine(number, id, null, CheckRefusals.Invalid(fields.Errors));
        var (booked, refusal) = quoter.Book(call, provider!.Value, model!, use, at);
        if (booked is null)
            return new UsageLine(number, id, null, refusal);
        var (entryId, cost, markup) = (IdOf(call.Tenant.Id, id!), new NanoUsd(booked.Cost), call.Tenant.MarkupBasisPoints);
        if (quoter.CheckReported(call, fields, use, booked.Cost, cost.WithMarkup(markup)) is { } tooMuch)
            return new UsageLine(number, id, null, tooMuch);
        var entry = new LedgerEntry
        {
            Id = entryId,
            RequestId = entryId,
            Tenant = call.Tenant.Id,
            User = caller.User,
            Project = caller.Project,
            Key = caller.Key,
            Run = caller.Run,
            Tags = caller.Tags,
            Provider = provider.Value.Name(),
            Api = ProviderApi.Direct.Name(),
            Model = model!,
            Rate = booked.Rate,
            Basis = UsageBasis.Reported,
            Usage = booked.Usage,
            Cost = cost,
            Charged = cost.WithMarkup(markup),
            Reserved = NanoUsd.Zero,
            Overrun = NanoUsd.Zero,
            Status = DirectSettlement.Status,
            Tier = booked.Rate is null ? null : booked.Tier,
            Regional = booked.Rate is null ? null : booked.Regional,
            MarkupBasisPoints = markup,
            // What lies before its credit began is not taken from that, so it is billed as what was used then.
            Prepaid = call.Tenant.PaysBefore && call.Tenant.Credit?.Acts.AllFrom <= at,
            StartedAt = at,
            SettledAt = now,
        };
        return new UsageLine(number, id, entry, null);
    }

    /// <summary>The id of the one entry that a client's id stands for: a UUID of version 8 (RFC 9562, section 5.8), made of tenant and id alone.</summary>
    internal static Guid IdOf(string tenant, string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        // No tenant's id has a space in it.
        SHA256.HashData(Encoding.UTF8.GetBytes($"usage {tenant} {id}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static DateTimeOffset ReadAt(FieldReader fields, DateTimeOffset now)
    {
        if (fields.Instant("at") is not { } at)
            return now;
        if (at > now + Ahead)
            fields.Fail("at", "Lies in the future: give the instant of the call, or leave it out for now.");
        else if (at < now.AddDays(-MostDays))
            fields.Fail("at", $"Lies more than {MostDays} days back.");
        return at < now ? at : now;
    }
}
