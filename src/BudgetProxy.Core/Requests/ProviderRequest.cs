namespace BudgetProxy.Core.Requests;

/// <summary>
/// What was understood of one body: everything that decides its price, and where its content stands. It holds positions into
/// the body, not copies, so it is meaningless without the bytes it was read from. Filled by one reader, then only read.
/// </summary>
public sealed class ProviderRequest
{
    private const int KeptCapacity = 4096;

    /// <summary>The model's id as the caller wrote it; never empty after a successful read.</summary>
    public string Model { get; set; } = "";

    /// <summary>The output limit in tokens that the caller set (<c>max_tokens</c>, <c>max_completion_tokens</c>); null = none, so the model's own maximum holds.</summary>
    public long? OutputLimit { get; set; }

    /// <summary>Where the body says so, or could.</summary>
    public OutputLimitPlace LimitPlace { get; set; }

    /// <summary>The changes of the body that lower the limit; empty = it goes out as the caller set it.</summary>
    public List<BodySplice> LimitSplices { get; } = [];

    /// <summary>True when the call turns on what may raise the model's own maximum (<c>anthropic-beta: output-128k-…</c>): the limit is then not cut to it.</summary>
    public bool LimitMayExceedModel { get; set; }

    /// <summary>How many answers are asked for (OpenAI <c>n</c>), at least 1. Multiplies output only.</summary>
    public int Choices { get; set; } = 1;

    /// <summary>False for embeddings, which answer with vectors: no output is billed.</summary>
    public bool HasOutput { get; set; } = true;

    public bool Stream { get; set; }

    /// <summary>The tier that the request names, else standard; the answer says which one was billed.</summary>
    public ServiceTier ServiceTier { get; set; }

    /// <summary>True when the body names its tier, so that the account's own default does not apply.</summary>
    public bool TierNamed { get; set; }

    public CacheWrite CacheWrite { get; set; }

    /// <summary>True when the request rules automatic cache writes out (OpenAI <c>prompt_cache_options.mode: explicit</c> and no breakpoint).</summary>
    public bool CacheWriteOff { get; set; }

    /// <summary>True when the region multiplier applies by request (Anthropic <c>inference_geo: "us"</c>).</summary>
    public bool Regional { get; set; }

    /// <summary>True when the body names its region, so that the account's own default does not apply.</summary>
    public bool RegionNamed { get; set; }

    /// <summary>The end user as the body names it (OpenAI <c>safety_identifier</c>, else <c>user</c>; Anthropic <c>metadata.user_id</c>); null = not named.</summary>
    public string? User { get; set; }

    /// <summary>Messages of the conversation, each with its fixed overhead.</summary>
    public int Messages { get; set; }

    /// <summary>Tool definitions sent.</summary>
    public int Tools { get; set; }

    /// <summary>Keys in the tool definitions and in the inputs of tool calls, at any depth: the bound for Claude charges each.</summary>
    public int ToolKeys { get; set; }

    /// <summary>Tool calls and tool results in the conversation, each with its fixed overhead.</summary>
    public int ToolCalls { get; set; }

    /// <summary>Documents and search results in the conversation, each with marks of its own around its text.</summary>
    public int Documents { get; set; }

    /// <summary>Content parts beyond the first of their message: where parts join, tokens may split differently.</summary>
    public int ExtraParts { get; set; }

    /// <summary>True when the body holds something that only the model's own input limit bounds (the text and pages of a PDF).</summary>
    public bool Unbounded { get; set; }

    /// <summary>
    /// True when the provider's count of the input can't be set against ours: it may leave out what the body holds (old thinking, cleared tool results,
    /// truncation), or takes in what the body does not hold.
    /// </summary>
    public bool Incomparable { get; set; }

    /// <summary>Items of every <c>enum</c> in the tool definitions, at any depth: the bound's rule charges each.</summary>
    public int ToolEnumItems { get; set; }

    /// <summary>True when <c>tool_choice</c> forces a tool (OpenAI <c>required</c> or a named one; Anthropic <c>any</c> or <c>tool</c>).</summary>
    public bool ToolForced { get; set; }

    /// <summary>Tokens that come as numbers already (embeddings input as token arrays).</summary>
    public long TokenInputs { get; set; }

    /// <summary>Separate inputs of an embeddings call.</summary>
    public int Inputs { get; set; }

    /// <summary>Tokens to add for content that has a published flat rule (a server tool's definition, a PDF page bound), chosen by the reader.</summary>
    public long AllowanceTokens { get; set; }

    /// <summary>Tokens that the documents in the body, base64 that only the window bounds, probably come to.</summary>
    public long DocumentTokens { get; set; }

    /// <summary>Tokens that the audio in the body probably comes to; 0 = there is none, or its length can't be told.</summary>
    public long AudioTokens { get; set; }

    /// <summary>Tokens that the audio in the body can't exceed.</summary>
    public long AudioBound { get; set; }

    /// <summary>True when the answer is spoken (OpenAI <c>modalities</c> with <c>audio</c>).</summary>
    public bool AudioOutput { get; set; }

    /// <summary>Calls of server-side tools that the request allows at most (<c>max_uses</c>), each with a fee.</summary>
    public int ServerToolCalls { get; set; }

    /// <summary>File searches on the provider's side at most, each at a fee.</summary>
    public int FileSearches { get; set; }

    /// <summary>Sessions of code on the provider's side at most, each at a fee.</summary>
    public int CodeSessions { get; set; }

    /// <summary>Prompts that are answered each on its own, each within the model's window; 1 where there is one conversation.</summary>
    public int Prompts => HasOutput ? Math.Max(Inputs, 1) : 1;

    /// <summary>True where a tool runs on the provider's side, which feeds the input again and again.</summary>
    public bool HasServerTools => ServerToolCalls > 0 || FileSearches > 0 || CodeSessions > 0;

    /// <summary>True when the model may think out of sight (<c>thinking</c> on, reasoning effort set): passed text then undercounts output.</summary>
    public bool HiddenReasoning { get; set; }

    /// <summary>The spans to count, in body order.</summary>
    public List<ContentSpan> Content { get; } = [];

    public List<ImageContent> Images { get; } = [];

    /// <summary>What of the body a provider's cache tells apart, and where it is asked to cache.</summary>
    public PromptBlocks Blocks { get; } = new();

    /// <summary>The long texts that were hashed when the request was counted.</summary>
    public List<HashedText> HashedTexts { get; } = [];

    /// <summary>Where OpenAI's <c>prompt_cache_key</c> stands; default = none. Calls with different keys don't find each other's prefixes.</summary>
    public ContentSpan CacheKey { get; set; }

    /// <summary>True when only marked prefixes are cached (OpenAI <c>prompt_cache_options.mode: explicit</c>).</summary>
    public bool CacheOnlyMarked { get; set; }

    /// <summary>True for OpenAI's <c>prompt_cache_retention: "24h"</c>.</summary>
    public bool KeepsCacheForDay { get; set; }

    /// <summary>What becomes of what can't be seen in the body; set before reading, kept by <see cref="Reset"/>.</summary>
    public Allowances Allowances { get; set; } = Allowances.Default;

    /// <summary>Where and what to insert so that an OpenAI stream reports its usage; default when nothing needs to be.</summary>
    public BodySplice UsageSplice { get; set; }

    /// <summary>Makes the instance ready for the next body.</summary>
    public void Reset()
    {
        Model = "";
        OutputLimit = null;
        LimitPlace = default;
        LimitSplices.Clear();
        LimitMayExceedModel = false;
        Choices = 1;
        HasOutput = true;
        Stream = false;
        ServiceTier = ServiceTier.Standard;
        CacheWrite = CacheWrite.None;
        CacheWriteOff = false;
        Regional = RegionNamed = TierNamed = false;
        User = null;
        Messages = Tools = ToolEnumItems = ToolKeys = ToolCalls = Documents = ExtraParts = Inputs = ServerToolCalls = FileSearches = CodeSessions = 0;
        ToolForced = HiddenReasoning = Unbounded = Incomparable = AudioOutput = false;
        TokenInputs = AllowanceTokens = DocumentTokens = AudioTokens = AudioBound = 0;
        Clear(Content);
        Clear(Images);
        Blocks.Reset();
        Clear(HashedTexts);
        CacheKey = default;
        CacheOnlyMarked = KeepsCacheForDay = false;
        UsageSplice = default;
    }

    // One huge body must not keep its memory for ever in a pooled instance.
    private static void Clear<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > KeptCapacity)
            list.Capacity = KeptCapacity;
    }
}
