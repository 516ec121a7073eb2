using System.Buffers.Binary;

namespace BudgetProxy.Stripe;

/// <summary>How events of Stripe stand in rows.</summary>
internal static class StripeEventTexts
{
    /// <summary>What stands in the row of a bucket, as Billing/BucketSql has it.</summary>
    private const int MostErrorChars = 500;

    /// <summary>Why a bucket is dead.</summary>
    public static string ErrorOf(StripeReject reject)
    {
        var text = $"Stripe took {reject.Identifier} and threw it away: {reject.Code}: {reject.Message}";
        return text.Length <= MostErrorChars ? text : text[..MostErrorChars];
    }

    public static string Name(NoticeState state) => state switch
    {
        NoticeState.Done => "done",
        NoticeState.Failed => "failed",
        _ => "pending",
    };

    public static NoticeState StateOf(string name) => name switch
    {
        "done" => NoticeState.Done,
        "failed" => NoticeState.Failed,
        _ => NoticeState.Pending,
    };

    /// <summary>No UUIDv7 that was made at this instant or later is before it.</summary>
    public static Guid FirstIdAt(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        // The first 48 bits are Unix milliseconds (RFC 9562, section 5.7).
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, at.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
