namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>The providers' image formulas, written down as their pages tell them, by search where they say "the largest that fits".</summary>
internal static class SlowImages
{
    /// <summary>The size in a <c>data:</c> URL or base64 of a PNG; null = it is not there.</summary>
    public static (int Width, int Height)? Size(string url)
    {
        if (url.StartsWith("http", StringComparison.Ordinal))
            return null;
        var png = Convert.FromBase64String(url[(url.IndexOf(',', StringComparison.Ordinal) + 1)..]);
        return ((png[16] << 24) | (png[17] << 16) | (png[18] << 8) | png[19], (png[20] << 24) | (png[21] << 16) | (png[22] << 8) | png[23]);
    }

    /// <summary>OpenAI's tiles. An image that fits is not enlarged.</summary>
    public static long Tiles(int width, int height, int first, int tile)
    {
        decimal longSide = Math.Max(width, height), shortSide = Math.Min(width, height);
        if (longSide > 2048)
            (longSide, shortSide) = (2048, shortSide * 2048 / longSide);
        if (shortSide > 768)
            (longSide, shortSide) = (longSide * 768 / shortSide, 768);
        return first + (long)(Math.Ceiling(Math.Round(longSide / 512, 9)) * Math.Ceiling(Math.Round(shortSide / 512, 9))) * tile;
    }

    /// <summary>OpenAI's patches of 32; a <paramref name="budget"/> of 0 is none.</summary>
    public static long Patches(int width, int height, int budget, int maxSide, decimal multiplier)
    {
        double w = width, h = height;
        var longest = Math.Max(w, h);
        if (maxSide > 0 && longest > maxSide)
            (w, h) = (w * maxSide / longest, h * maxSide / longest);
        var patches = Covered(w) * Covered(h);
        if (budget > 0 && patches > budget)
        {
            var scale = Math.Sqrt(1024.0 * budget / (w * h));
            var (across, down) = (w * scale / 32, h * scale / 32);
            scale *= Math.Min(Math.Floor(across) / across, Math.Floor(down) / down);
            patches = scale > 0 ? Math.Min(budget, Covered(w * scale) * Covered(h * scale)) : budget;
        }

        return (long)Math.Ceiling(patches * multiplier);
    }

    /// <summary>Claude's patches of 28: the largest size of the same shape that fits.</summary>
    public static long Claude(int width, int height, int maxEdge, int maxTokens)
    {
        for (var longSide = Math.Max(width, height); longSide > 1; longSide--)
        {
            var shortSide = Math.Max(1, Math.Round((decimal)Math.Min(width, height) * longSide / Math.Max(width, height), MidpointRounding.ToEven));
            decimal across = Math.Ceiling(longSide / 28m), down = Math.Ceiling(shortSide / 28m);
            if (across * 28 <= maxEdge && down * 28 <= maxEdge && across * down <= maxTokens)
                return (long)(across * down);
        }

        return 1;
    }

    private static long Covered(double side) => Math.Max(1, (long)Math.Ceiling(Math.Round(side / 32, 5)));
}
