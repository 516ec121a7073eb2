using System.Text;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Distributed;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Distributed.Postgres;

namespace BudgetProxy.Tests.Distributed;

public sealed class EntryCodecTests
{
    private const string Caller = "\"acme\",\"key_1\",null,null,null,0";
    private const string Tokens = "1,2,3,4,5,6,7,8,9,10";

    [Fact]
    public void What_was_billed_is_written_and_read_back()
    {
        var id = Guid.CreateVersion7();
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);
        foreach (var tier in new ServiceTier?[] { null, ServiceTier.Standard, ServiceTier.Fast })
        {
            foreach (var regional in new bool?[] { null, false, true })
            {
                var entry = SomeEntries.One(id, at) with { Tier = tier, Regional = regional, MarkupBasisPoints = regional is null ? null : -250, Prepaid = regional };
                Assert.Equal(entry, EntryCodec.ReadEntry(EntryCodec.Write(entry), id) with { Tags = entry.Tags });
                var settlement = new Settlement(entry.Usage, UsageBasis.Counted, new NanoUsd(7), "r", null, 200, tier, regional);
                Assert.Equal(settlement, EntryCodec.ReadSettlement(EntryCodec.Write(settlement)));
                var call = Call(id, at) with { Tier = tier, Regional = regional };
                call = call with { Caller = call.Caller with { Prepaid = regional } };
                var read = EntryCodec.ReadCall(EntryCodec.Write(call), id, at);
                Assert.Equal(regional, read.Caller.Prepaid);
                Assert.Equal(call, read with { Caller = call.Caller });
            }
        }
    }

    /// <summary>The texts that a version before the tier was kept has written, letter for letter.</summary>
    [Fact]
    public void Texts_of_an_older_version_are_read()
    {
        var id = Guid.CreateVersion7();
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);
        var entry = EntryCodec.ReadEntry(
            Encoding.UTF8.GetBytes(
                $"[1,\"{id}\",null,\"acme\",\"key_1\",null,null,null,0,\"openai\",\"chat/completions\",\"gpt-4o\",null,\"r\",1,10,0,0,0,5,0,0,0,0,0,100,115,200,0,true,200,1800000000000,1800000000000]"),
            id);
        Assert.Null(entry.Prepaid);
        Assert.Equal((new NanoUsd(100), true, at, null, null, null), (entry.Cost, entry.Streamed, entry.SettledAt, entry.Tier, entry.Regional, entry.MarkupBasisPoints));
        var settlement = EntryCodec.ReadSettlement("[1,10,0,0,0,5,0,0,0,0,0,1,100,\"r\",null,200]"u8);
        Assert.Equal((200, null, null), (settlement.Status, settlement.Tier, settlement.Regional));
        var call = EntryCodec.ReadCall("[1,\"acme\",\"key_1\",null,null,null,0,\"openai\",\"chat/completions\",\"gpt-4o\",false,\"r\",200,1500,10,0,0,0,5,0,0,0,0,0]"u8, id, at);
        Assert.Null(call.Caller.Prepaid);
        Assert.Equal((1_500, 5, null, null), (call.MarkupBasisPoints, call.WorstUsage.Output, call.Tier, call.Regional));
    }

    private static ReservedCall Call(Guid id, DateTimeOffset at) => new()
    {
        Id = id,
        Caller = new Caller { Tenant = "acme", Key = "key_1" },
        Provider = "openai",
        Api = "chat/completions",
        Model = "gpt-4o",
        Streamed = false,
        StartedAt = at,
        WorstUsage = Usage.Inclusive(10, 0, 0, 0, 5),
        Rate = "r",
        Amount = new NanoUsd(200),
        MarkupBasisPoints = 1_500,
    };

    [Fact]
    public void An_older_call_has_no_later_buckets()
    {
        var text = $"[1,{Caller},\"openai\",\"chat/completions\",\"m\",true,null,70,0,{Tokens}]";
        var call = EntryCodec.ReadCall(Encoding.UTF8.GetBytes(text), Guid.Empty, DateTimeOffset.UnixEpoch);
        Assert.Equal((10, 0, 0, 0), (call.WorstUsage.ToolCalls, call.WorstUsage.ImageOutput, call.WorstUsage.FileSearches, call.WorstUsage.CodeSessions));
        Assert.Equal(call.WorstUsage, EntryCodec.ReadCall(EntryCodec.Write(call), Guid.Empty, DateTimeOffset.UnixEpoch).WorstUsage);
    }

    /// <summary>What the version before the mark of prepaid calls wrote, to the last field.</summary>
    [Fact]
    public void An_older_text_does_not_say_how_it_was_paid()
    {
        var call = EntryCodec.ReadCall(
            Encoding.UTF8.GetBytes($"[1,{Caller},\"openai\",\"chat/completions\",\"m\",true,null,70,0,{Tokens},0,false,1,2,3,40,50]"), Guid.Empty, DateTimeOffset.UnixEpoch);
        Assert.Equal((null, 50L, 3L), (call.Caller.Prepaid, call.ExpectedTokens, call.WorstUsage.CodeSessions));
        var id = Guid.CreateVersion7();
        var entry = EntryCodec.ReadEntry(
            Encoding.UTF8.GetBytes(
                $"[1,\"{id}\",null,{Caller},\"openai\",\"chat/completions\",\"m\",null,\"r\",1,{Tokens},100,115,200,0,true,200,1,2,0,false,1500,1,2,3,1]"), id);
        Assert.Equal((null, true, 3L, 1_500), (entry.Prepaid, entry.UnknownBucket, entry.Usage.CodeSessions, entry.MarkupBasisPoints));
    }

    [Fact]
    public void An_older_settlement_knew_every_bucket()
    {
        var settlement = EntryCodec.ReadSettlement(Encoding.UTF8.GetBytes($"[1,{Tokens},1,60,null,\"m\",200]"));
        Assert.False(settlement.UnknownBucket);
        Assert.Equal((9, 0), (settlement.Usage.ImageInput, settlement.Usage.CodeSessions));
        var later = settlement with { UnknownBucket = true, Usage = settlement.Usage with { CodeSessions = 3 } };
        Assert.Equal(later, EntryCodec.ReadSettlement(EntryCodec.Write(later)));
    }

    [Fact]
    public void What_a_newer_proxy_appended_is_left_alone()
    {
        var settlement = EntryCodec.ReadSettlement(Encoding.UTF8.GetBytes($"[1,{Tokens},1,60,null,\"m\",200,0,false,11,12,13,1,\"more\",{{}}]"));
        Assert.True(settlement.UnknownBucket);
        Assert.Equal((11, 12, 13), (settlement.Usage.ImageOutput, settlement.Usage.FileSearches, settlement.Usage.CodeSessions));
    }
}
