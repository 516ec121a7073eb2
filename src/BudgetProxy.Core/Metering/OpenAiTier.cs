using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Metering;

/// <summary>OpenAI's <c>service_tier</c> in an answer: the tier that was billed.</summary>
internal static class OpenAiTier
{
    /// <summary>Takes the tier; null or a name we don't know changes nothing. <c>scale</c> is paid for in advance and priced as standard.</summary>
    public static void Read(ref JsonCursor json, ref ServiceTier? tier)
    {
        if (!json.ReadString(out var name)) return;
        if (name.SequenceEqual("default"u8) || name.SequenceEqual("scale"u8)) tier = ServiceTier.Standard;
        else if (name.SequenceEqual("flex"u8)) tier = ServiceTier.Flex;
        else if (name.SequenceEqual("priority"u8) || name.SequenceEqual("fast"u8)) tier = ServiceTier.Fast;
        else if (name.SequenceEqual("batch"u8)) tier = ServiceTier.Batch;
    }
}
