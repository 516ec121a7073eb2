using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// Reads <c>POST /v1/completions</c>, OpenAI's oldest format, which servers of open models still speak: a prompt, prompts, tokens, or arrays of tokens, and no frame
/// around them. The README of this folder lists what becomes of each field.
/// </summary>
public static class OpenAiCompletionsReader
{
    /// <summary>Output tokens of a call that sets no limit (OpenAI API reference, completions, 2026-08).</summary>
    private const int DefaultMaxTokens = 16;

    /// <summary>What a suffix adds beside its own text at most, in tokens: the marks between prompt, suffix and answer are undocumented.</summary>
    private const int SuffixTokens = 16;

    private static readonly byte[] LimitField = "\"max_tokens\":"u8.ToArray();

    /// <summary>Fills <paramref name="request"/> from <paramref name="body"/>; false = the body is to be refused with 400.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, ProviderRequest request, [NotNullWhen(false)] out RequestError? error) =>
        RequestReader.TryRead(body, request, Read, out error);

    private static void Read(ref BodyCursor cursor, ProviderRequest request)
    {
        var fields = new OpenAiFields { UsageSplice = OpenAiStreamOptions.InsertWhole(cursor.End), Inside = cursor.End };
        var (answers, candidates) = (1L, 1L);
        while (cursor.NextProperty())
        {
            if (cursor.KeyIs("n"u8))
                answers = ReadChoices(ref cursor);
            else if (cursor.KeyIs("best_of"u8))
                candidates = ReadChoices(ref cursor);
            else if (!ReadField(ref cursor, request, ref fields))
                CommonFields.ReadUnknown(ref cursor, request);
        }

        Conclude(ref cursor, request, fields, Math.Max(answers, candidates));
        // What is thrown away is billed too, and only the usage tells of it.
        request.HiddenReasoning = candidates > answers;
    }

    private static bool ReadField(ref BodyCursor cursor, ProviderRequest request, ref OpenAiFields fields)
    {
        if (cursor.KeyIs("model"u8))
            CommonFields.ReadModel(ref cursor, request);
        else if (cursor.KeyIs("prompt"u8))
            OpenAiInputs.Read(ref cursor, request);
        else if (cursor.KeyIs("suffix"u8))
            ReadSuffix(ref cursor, request);
        else if (cursor.KeyIs("max_tokens"u8))
            fields.ReadMaxTokens(ref cursor, 0);
        else if (cursor.KeyIs("stream"u8))
            CommonFields.ReadStream(ref cursor, request);
        else if (cursor.KeyIs("stream_options"u8))
            OpenAiChatReader.ReadStreamOptions(ref cursor, request, ref fields);
        else if (cursor.KeyIs("service_tier"u8))
            OpenAiChatReader.ReadTier(ref cursor, request);
        else if (cursor.KeyIs("user"u8))
            fields.User = cursor.Text(CommonFields.MaxUserBytes);
        else if (IsNeutral(cursor.Key))
            CommonFields.ReadNeutral(ref cursor, request, CommonFields.ListBytes);
        else
            return false;
        return true;
    }

    private static void ReadSuffix(ref BodyCursor cursor, ProviderRequest request)
    {
        if (cursor.IsNull)
            return;
        request.AllowanceTokens += SuffixTokens;
        CommonFields.CountString(ref cursor, request, ContentKind.Text);
    }

    private static long ReadChoices(ref BodyCursor cursor)
    {
        var choices = cursor.WholeNumber(1) ?? 1;
        if (choices > OpenAiChatReader.MaxChoices)
            cursor.Fail($"Must be at most {OpenAiChatReader.MaxChoices}.");
        return choices;
    }

    /// <summary>Every candidate of every prompt is billed, and those of <c>best_of</c> that nobody sees too.</summary>
    private static void Conclude(ref BodyCursor cursor, ProviderRequest request, in OpenAiFields fields, long candidates)
    {
        CommonFields.RequireModel(ref cursor, request);
        if (request.Inputs == 0)
            cursor.FailAt("prompt", "A prompt is required: a string, an array of strings, or arrays of token numbers.");
        request.OutputLimit = fields.MaxTokens ?? DefaultMaxTokens;
        request.LimitPlace = fields.LimitPlace(LimitField);
        request.Choices = (int)Math.Min(candidates * Math.Max(request.Inputs, 1), int.MaxValue);
        fields.Conclude(request);
        if (request.Stream)
            request.UsageSplice = fields.UsageSplice;
    }

    private static bool IsNeutral(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("temperature"u8) || key.SequenceEqual("top_p"u8) || key.SequenceEqual("stop"u8) || key.SequenceEqual("seed"u8)
        || key.SequenceEqual("logprobs"u8) || key.SequenceEqual("echo"u8) || key.SequenceEqual("presence_penalty"u8)
        || key.SequenceEqual("frequency_penalty"u8) || key.SequenceEqual("logit_bias"u8);
}
