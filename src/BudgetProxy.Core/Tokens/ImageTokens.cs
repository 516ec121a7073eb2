using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Turns an image's size into tokens, by the formulas of the OpenAI images guide (2026-07), the Anthropic vision page (2026-08) and the Gemini token and
/// media-resolution guides (2026-11).
/// </summary>
public static class ImageTokens
{
    /// <summary>
    /// Patches allowed for an image of unknown size on a model that never shrinks one, and tokens for an image on a model whose rule we don't hold.
    /// An allowance, not a bound: it is the largest budget OpenAI gives a model that has one (a picture of 3,200 × 3,200). An image that is in the body,
    /// unreadable, gets it as an expectation alone: its bound is the model's window.
    /// </summary>
    public const int UnknownAllowance = 10_000;

    private const long Most = 1_000_000_000;

    /// <summary>Tokens of one image: the formula's answer, and what it can't exceed where the formula leaves room or the size is unknown.</summary>
    public static (long Expected, long Bound) Count(VisionRule rule, ImageContent image)
    {
        var (expected, bound) = rule.Scheme switch
        {
            VisionScheme.Tile => Tile(rule, image),
            VisionScheme.Patch32 => Unread(Patch32(rule, image), image, PatchBudget(rule, image) > 0),
            VisionScheme.ClaudePatch28 => Same(Patch28(rule, image)),
            VisionScheme.GeminiTile768 => Unread(Tile768(rule, image), image, isCapped: false),
            VisionScheme.Budget => (rule.Base, rule.MaxTokens),
            _ => Unruled(image),
        };
        return (Math.Min(expected, Most), Math.Min(bound, Most));
    }

    private static (long Expected, long Bound) Same(long tokens) => (tokens, tokens);

    private static (long Expected, long Bound) Unread(long tokens, ImageContent image, bool isCapped) =>
        (tokens, isCapped || image.SizeKnown || !image.InBody ? tokens : InputEstimator.LargestInput);

    // Fit inside 2048 × 2048, shrink the short side to 768, count tiles of 512. Whether a smaller image is enlarged first is not
    // documented, so the bound gives it one more row of tiles.
    private static (long Expected, long Bound) Tile(VisionRule rule, ImageContent image)
    {
        if (image.Detail == ImageDetail.Low)
            return Same(rule.Base);
        if (!image.SizeKnown)
            return Same(rule.Base + 8L * rule.Tile);

        long longSide = Math.Max(image.Width, image.Height), shortSide = Math.Min(image.Width, image.Height);
        // The scale as a fraction, so that a side that comes out whole stays whole.
        var (numerator, denominator) = longSide > 2048 ? (2048L, longSide) : (1L, 1L);
        if (shortSide * numerator > 768 * denominator)
            (numerator, denominator) = (768, shortSide);
        var across = CeilingOf(longSide * numerator, denominator * 512);
        var tiles = across * CeilingOf(shortSide * numerator, denominator * 512);
        var boundTiles = shortSide < 512 ? tiles + across : tiles;
        return (rule.Base + tiles * rule.Tile, rule.Base + boundTiles * rule.Tile);
    }

    private static long Patch32(VisionRule rule, ImageContent image)
    {
        var budget = PatchBudget(rule, image);
        var maxSide = IsOriginal(rule, image) ? rule.OriginalMaxSide : rule.HighMaxSide;
        var patches = image.SizeKnown ? Patches(image, budget, maxSide) : budget > 0 ? budget : UnknownAllowance;
        // How the provider rounds after the multiplier is not documented; the ceiling is the dearer reading.
        return CeilingOf(Math.Min(patches, Most) * rule.MultiplierPercent, 100);
    }

    private static bool IsOriginal(VisionRule rule, ImageContent image) =>
        image.Detail == ImageDetail.Original || (image.Detail == ImageDetail.Auto && rule.AutoIsOriginal);

    private static int PatchBudget(VisionRule rule, ImageContent image) => IsOriginal(rule, image) ? rule.OriginalPatchBudget : rule.HighPatchBudget;

    private static long Patches(ImageContent image, int budget, int maxSide)
    {
        double width = image.Width, height = image.Height;
        var longSide = Math.Max(width, height);
        if (maxSide > 0 && longSide > maxSide)
        {
            width = width * maxSide / longSide;
            height = height * maxSide / longSide;
        }

        var patches = Cover(width) * Cover(height);
        if (budget == 0 || patches <= budget)
            return patches;

        var scale = Math.Sqrt(1024.0 * budget / (width * height));
        var (across, down) = (width * scale / 32, height * scale / 32);
        var fit = Math.Min(Math.Floor(across) / across, Math.Floor(down) / down);
        // A side thinner than one patch has no such scale: the budget itself is the bound.
        return fit <= 0 ? budget : Math.Min(Cover(width * scale * fit) * Cover(height * scale * fit), budget);
    }

    // The tolerance keeps 41 patches 41 when floating point says 41.0000000001.
    private static long Cover(double side) => Math.Max(1, (long)Math.Ceiling((side / 32) - 1e-6));

    // Unscaled tiles: the guide names no size from which an image is shrunk.
    private static long Tile768(VisionRule rule, ImageContent image)
    {
        if (!image.SizeKnown)
            return UnknownAllowance;
        return image.Width <= 384 && image.Height <= 384 ? rule.Tile : CeilingOf(image.Width, 768) * CeilingOf(image.Height, 768) * rule.Tile;
    }

    // Patches of 32 pixels that are never shrunk are what any known rule costs most at on a large image, and the allowance covers the small ones.
    private static (long Expected, long Bound) Unruled(ImageContent image)
    {
        var patches = image.SizeKnown ? CeilingOf(image.Width, 32) * CeilingOf(image.Height, 32) : UnknownAllowance;
        return (Math.Min(patches, UnknownAllowance), Unread(Math.Max(patches, UnknownAllowance), image, isCapped: false).Bound);
    }

    // The largest size of the same shape whose edges, padded to 28, and whose patches stay within the limits.
    private static long Patch28(VisionRule rule, ImageContent image)
    {
        if (!image.SizeKnown)
            return rule.MaxTokens;
        long longSide = Math.Max(image.Width, image.Height), shortSide = Math.Min(image.Width, image.Height);
        if (Fits(rule, longSide, shortSide))
            return Patches28(longSide, shortSide);

        long fits = 1, over = Math.Min(longSide, rule.MaxEdge + 1L);
        while (over - fits > 1)
        {
            var middle = (fits + over) / 2;
            if (Fits(rule, middle, Shrunk(shortSide, middle, longSide)))
                fits = middle;
            else
                over = middle;
        }

        return Math.Min(Patches28(fits, Shrunk(shortSide, fits, longSide)), rule.MaxTokens);
    }

    private static bool Fits(VisionRule rule, long longSide, long shortSide) =>
        CeilingOf(longSide, 28) * 28 <= rule.MaxEdge && Patches28(longSide, shortSide) <= rule.MaxTokens;

    private static long Patches28(long width, long height) => CeilingOf(width, 28) * CeilingOf(height, 28);

    // side × to / from, half to even, at least 1.
    private static long Shrunk(long side, long to, long from)
    {
        var (quotient, remainder) = Math.DivRem(side * to, from);
        var up = remainder * 2 > from || (remainder * 2 == from && (quotient & 1) == 1);
        return Math.Max(1, up ? quotient + 1 : quotient);
    }

    private static long CeilingOf(long value, long divisor) => (value + divisor - 1) / divisor;
}
