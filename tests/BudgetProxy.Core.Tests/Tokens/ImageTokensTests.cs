using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Rates;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>The vectors of OpenAI's images guide and Anthropic's vision page, and those worked out from their formulas.</summary>
public sealed class ImageTokensTests
{
    private static readonly Dictionary<string, VisionRule> Rules = new(StringComparer.Ordinal)
    {
        ["4o"] = new() { Scheme = VisionScheme.Tile, Base = 85, Tile = 170 },
        ["4o-mini"] = new() { Scheme = VisionScheme.Tile, Base = 2833, Tile = 5667 },
        ["o3"] = new() { Scheme = VisionScheme.Tile, Base = 75, Tile = 150 },
        ["gpt-5"] = new() { Scheme = VisionScheme.Tile, Base = 70, Tile = 140 },
        ["4.1-mini"] = Mini(162),
        ["4.1-nano"] = Mini(246),
        ["o4-mini"] = Mini(172),
        ["5.4"] = new() { Scheme = VisionScheme.Patch32, HighPatchBudget = 2500, HighMaxSide = 2048, OriginalPatchBudget = 10_000, OriginalMaxSide = 6000 },
        ["5.6"] = new() { Scheme = VisionScheme.Patch32, HighPatchBudget = 2500, HighMaxSide = 2048, AutoIsOriginal = true },
        ["patches"] = Mini(100),
        ["gemini-2.5"] = new() { Scheme = VisionScheme.GeminiTile768, Tile = 258 },
        ["claude"] = new() { Scheme = VisionScheme.ClaudePatch28, MaxEdge = 1568, MaxTokens = 1568 },
        ["claude-high"] = new() { Scheme = VisionScheme.ClaudePatch28, MaxEdge = 2576, MaxTokens = 4784 },
    };

    private static VisionRule Mini(int percent) => new()
    {
        Scheme = VisionScheme.Patch32, MultiplierPercent = percent, HighPatchBudget = 1536, HighMaxSide = 2048, OriginalPatchBudget = 1536, OriginalMaxSide = 2048,
    };

    [Theory]
    [InlineData(512, 512, "4o 255, 4o-mini 8500, o3 225, gpt-5 210, 4.1-mini 415, 4.1-nano 630, o4-mini 441, 5.4 256, 5.6 256")]
    [InlineData(1024, 1024, "4o 765, 4o-mini 25501, o3 675, gpt-5 630, 4.1-mini 1659, patches 1024, gemini-2.5 1032, 4.1-nano 2520, o4-mini 1762, 5.4 1024, 5.6 1024")]
    [InlineData(1920, 1080, "4o 1105, 4o-mini 36835, o3 975, gpt-5 910, 4.1-mini 2443, 4.1-nano 3710, o4-mini 2594, 5.4 2040, 5.6 2040")]
    [InlineData(2048, 4096, "4o 1105, 4o-mini 36835, o3 975, gpt-5 910, 4.1-mini 2362, 4.1-nano 3587, o4-mini 2508, 5.4 2048, 5.6 8192")]
    [InlineData(1800, 2400, "4.1-mini 2353, patches 1452, 5.6 4275")]
    [InlineData(0, 0, "4o 1445, 4o-mini 48169, o3 1275, gpt-5 1190, 4.1-mini 2489, 4.1-nano 3779, o4-mini 2642, 5.4 2500, 5.6 10000, claude 1568, claude-high 4784")]
    [InlineData(200, 200, "claude 64")]
    [InlineData(1000, 1000, "claude 1296")]
    [InlineData(1092, 1092, "claude 1521")]
    [InlineData(1920, 1080, "claude 1560, claude-high 2691")]
    [InlineData(2000, 1500, "claude 1564, claude-high 3888")]
    [InlineData(3840, 2160, "claude 1560, claude-high 4784")]
    [InlineData(924, 1307, "claude 1551")]
    [InlineData(1456, 819, "claude 1560")]
    [InlineData(384, 384, "gemini-2.5 258")]
    [InlineData(385, 10, "gemini-2.5 258")]
    [InlineData(1920, 1080, "gemini-2.5 1548")]
    [InlineData(1075, 1520, "claude 1551, claude-high 2145")]
    public void Counts_as_published(int width, int height, string expected)
    {
        foreach (var pair in expected.Split(", "))
        {
            var (model, tokens) = (pair.Split(' ')[0], long.Parse(pair.Split(' ')[1]));
            var (count, bound) = ImageTokens.Count(Rules[model], new ImageContent(width, height, ImageDetail.Auto));
            Assert.True(count == tokens, $"{model} {width}x{height}: {count}, not {tokens}");
            Assert.Equal(count, bound);
        }
    }

    [Theory]
    [InlineData("5.6", true)]
    [InlineData("gemini-2.5", true)]
    [InlineData("5.4", false)]
    [InlineData("4o", false)]
    [InlineData("claude", false)]
    public void What_is_in_the_body_unreadable_is_bounded_by_the_window_where_no_image_is_shrunk(string model, bool byWindow)
    {
        var unread = new ImageContent(0, 0, ImageDetail.Auto, InBody: true);
        var (expected, bound) = ImageTokens.Count(Rules[model], unread);
        Assert.Equal(ImageTokens.Count(Rules[model], unread with { InBody = false }).Expected, expected);
        Assert.Equal(byWindow ? InputEstimator.LargestInput : expected, bound);
    }

    [Fact]
    public void A_model_without_a_rule_is_bounded_by_the_window_too() =>
        Assert.Equal((ImageTokens.UnknownAllowance, InputEstimator.LargestInput), ImageTokens.Count(VisionRule.None, new ImageContent(0, 0, ImageDetail.Auto, InBody: true)));

    [Theory]
    [InlineData("4o", 85)]
    [InlineData("4o-mini", 2833)]
    [InlineData("o3", 75)]
    [InlineData("gpt-5", 70)]
    public void A_low_detail_image_costs_the_base(string model, long tokens) =>
        Assert.Equal((tokens, tokens), ImageTokens.Count(Rules[model], new ImageContent(4000, 4000, ImageDetail.Low)));

    [Fact]
    public void A_small_tile_image_may_be_enlarged() =>
        Assert.Equal((85 + (2 * 170), 85 + (4 * 170)), ImageTokens.Count(Rules["4o"], new ImageContent(1000, 300, ImageDetail.High)));

    [Fact]
    public void Detail_decides_where_the_model_has_two_budgets()
    {
        var image = new ImageContent(4096, 2048, ImageDetail.High);
        Assert.Equal(2048, ImageTokens.Count(Rules["5.6"], image).Bound);
        Assert.Equal(8192, ImageTokens.Count(Rules["5.6"], image with { Detail = ImageDetail.Auto }).Bound);
        Assert.Equal(8192, ImageTokens.Count(Rules["5.4"], image with { Detail = ImageDetail.Original }).Bound);
        Assert.Equal(2048, ImageTokens.Count(Rules["5.4"], image with { Detail = ImageDetail.Auto }).Bound);
        Assert.Equal(10_000, ImageTokens.Count(Rules["5.4"], new ImageContent(0, 0, ImageDetail.Original)).Bound);
    }

    [Theory]
    [InlineData(10, 10, 1, 10_000)]
    [InlineData(1024, 1024, 1024, 10_000)]
    [InlineData(8000, 8000, 10_000, 62_500)]
    [InlineData(0, 0, 10_000, 10_000)]
    public void A_model_without_a_rule_is_bounded_by_the_allowance_or_by_patches_never_shrunk(int width, int height, long expected, long bound) =>
        Assert.Equal((expected, bound), ImageTokens.Count(VisionRule.None, new ImageContent(width, height, ImageDetail.Auto)));

    [Fact]
    public void A_resolution_has_its_budget_whatever_the_size()
    {
        var gemini = new VisionRule { Scheme = VisionScheme.Budget, Base = 1120, MaxTokens = 2240 };
        Assert.Equal((1120, 2240), ImageTokens.Count(gemini, new ImageContent(8000, 10, ImageDetail.Auto)));
        Assert.Equal((1120, 2240), ImageTokens.Count(gemini, new ImageContent(0, 0, ImageDetail.Auto)));
    }

    /// <summary>The rules that the shipped card holds are those of the vectors above.</summary>
    [Theory]
    [InlineData("openai/gpt-4.1", "4o")]
    [InlineData("openai/gpt-4o-mini", "4o-mini")]
    [InlineData("openai/o1-pro", "o3")]
    [InlineData("openai/gpt-5", "gpt-5")]
    [InlineData("openai/gpt-5.4-mini", "4.1-mini")]
    [InlineData("openai/gpt-5-nano", "4.1-nano")]
    [InlineData("openai/o4-mini", "o4-mini")]
    [InlineData("openai/gpt-5.3-codex", "patches")]
    [InlineData("openai/gpt-5.4", "5.4")]
    [InlineData("openai/gpt-6.1-sol", "5.6")]
    [InlineData("anthropic/claude-opus-4-6", "claude")]
    [InlineData("anthropic/claude-opus-5-5", "claude-high")]
    [InlineData("vertex/gemini-2.5-flash", "gemini-2.5")]
    public void The_card_has_the_rule(string row, string rule)
    {
        var profile = The.Row(row).Profile;
        foreach (var detail in (ImageDetail[])[ImageDetail.Auto, ImageDetail.Low, ImageDetail.High])
        {
            foreach (var side in (int[])[20, 384, 600, 1500, 3000])
            {
                var image = new ImageContent(side * 2, side, detail);
                Assert.Equal(ImageTokens.Count(Rules[rule], image), ImageTokens.Count(profile.Vision, image));
            }
        }
    }

    [Fact]
    public void No_size_breaks_a_formula_or_passes_its_cap()
    {
        int[] sides = [1, 2, 27, 28, 29, 31, 32, 33, 511, 512, 513, 767, 768, 769, 1568, 2047, 2048, 2049, 6000, 65_535, 1_000_000, int.MaxValue];
        foreach (var (name, rule) in Rules)
        {
            var unknown = ImageTokens.Count(rule, new ImageContent(0, 0, ImageDetail.High)).Bound;
            foreach (var width in sides)
            {
                foreach (var height in sides)
                {
                    var (expected, bound) = ImageTokens.Count(rule, new ImageContent(width, height, ImageDetail.High));
                    Assert.True(expected >= 1 && expected <= bound && (bound <= unknown || rule.Scheme == VisionScheme.GeminiTile768), $"{name} {width}x{height}: {expected}..{bound}, cap {unknown}");
                    Assert.Equal((expected, bound), ImageTokens.Count(rule, new ImageContent(height, width, ImageDetail.High)));
                }
            }
        }

        Assert.InRange(ImageTokens.Count(Rules["5.6"], new ImageContent(int.MaxValue, int.MaxValue, ImageDetail.Auto)).Bound, 1_000_000, long.MaxValue / 1_000_000);
    }
}
