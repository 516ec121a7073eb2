using System.Globalization;

namespace BudgetProxy.Dashboard;

/// <summary>How figures are written: in the way of the United States, whatever the machine's own is.</summary>
public static class Say
{
    private static readonly CultureInfo Usa = CultureInfo.InvariantCulture;

    /// <summary>A sum: cents from a dollar up, below it two figures that say something, so that a call of $0.000252 is not $0.00.</summary>
    public static string Usd(decimal usd)
    {
        var (sign, amount) = usd < 0 ? ("−", -usd) : ("", usd);
        if (amount == 0 || amount >= 0.995m)
            return sign + "$" + amount.ToString("#,0.00", Usa);
        var places = 2;
        for (var edge = 0.1m; amount < edge && places < 9; edge /= 10)
            places++;
        return sign + "$" + amount.ToString("0." + new string('0', places), Usa);
    }

    /// <summary>A sum in a column of small ones, with six decimals.</summary>
    public static string Micro(decimal usd) => "$" + usd.ToString("#,0.000000", Usa);

    /// <summary>To the last nano-dollar, for who wants to know.</summary>
    public static string Exact(decimal usd) => "$" + usd.ToString("#,0.00#######", Usa);

    /// <summary>On an axis: as few characters as tell it apart.</summary>
    public static string Axis(decimal usd) => "$" + usd switch
    {
        >= 1_000_000 => (usd / 1_000_000).ToString("0.##", Usa) + "M",
        >= 1_000 => (usd / 1_000).ToString("0.##", Usa) + "k",
        _ => usd.ToString("0.#########", Usa),
    };

    public static string Count(decimal number) => number.ToString("#,0", Usa);

    /// <summary>1,234 stays; 1,234,567 is 1.23M.</summary>
    public static string Short(decimal number) => number switch
    {
        >= 1_000_000_000 => (number / 1_000_000_000).ToString("0.##", Usa) + "B",
        >= 1_000_000 => (number / 1_000_000).ToString("0.##", Usa) + "M",
        >= 100_000 => (number / 1_000).ToString("0", Usa) + "k",
        _ => Count(number),
    };

    /// <param name="share">1 = 100 %.</param>
    public static string Percent(decimal share) => share switch
    {
        0 => "0%",
        > 9.99m => ">999%",
        > 0 and < 0.001m => "<0.1%",
        < 0.1m => (share * 100).ToString("0.#", Usa) + "%",
        _ => (share * 100).ToString("0", Usa) + "%",
    };

    /// <summary>A sum that may be either way, with its sign.</summary>
    public static string Signed(decimal usd) => usd > 0 ? "+" + Usd(usd) : Usd(usd);

    /// <summary>How far something is off, with its sign.</summary>
    /// <param name="percent">100 = as much again; null = it can't be said.</param>
    public static string Off(decimal? percent) => percent switch
    {
        null => "–",
        0 => "0%",
        > 999 => ">+999%",
        < -999 => "<−999%",
        > -0.01m and < 0.01m => percent > 0 ? "<+0.01%" : ">−0.01%",
        _ => percent.Value.ToString("+0.##;−0.##", Usa) + "%",
    };

    /// <summary>An amount of a budget in its own unit.</summary>
    /// <param name="unit"><c>usd</c>, <c>requests</c>, <c>tokens</c>, or <c>chargedUsd</c>: what the customer is charged.</param>
    public static string Amount(decimal amount, string unit) => unit switch
    {
        "usd" => Usd(amount),
        "chargedUsd" => Usd(amount) + " charged",
        "requests" => Count(amount) + (amount == 1 ? " call" : " calls"),
        _ => Short(amount) + " " + unit,
    };

    /// <summary>An attribute of a chart: percent of its width, to a hundredth.</summary>
    public static string Width(decimal share) => (Math.Clamp(share, 0, 1) * 100).ToString("0.##", Usa) + "%";

    public static string Pixels(decimal pixels) => pixels.ToString("0.##", Usa);

    public static string Day(DateOnly day) => day.ToString("MMM d", Usa);

    /// <summary>What a time says without a script: UTC, and says so.</summary>
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("MMM d, yyyy, HH:mm", Usa) + " UTC";

    public static string Plural(decimal number, string one, string many) => $"{Count(number)} {(number == 1 ? one : many)}";

    /// <summary>A budget's window in words.</summary>
    public static string Window(string window) => window switch
    {
        "lifetime" => "for all time",
        "day" => "a day",
        "hour" => "an hour",
        "rolling:PT1H" => "in any hour",
        "rolling:PT24H" or "rolling:P1D" => "in any 24 hours",
        "rolling:P7D" => "in any 7 days",
        "rolling:P30D" => "in any 30 days",
        _ when window.StartsWith("rolling:", StringComparison.Ordinal) => "in any " + window["rolling:".Length..],
        _ => "a " + window,
    };

    /// <summary>A refusal's code in words.</summary>
    public static string Refusal(string code) => code switch
    {
        "budget_exceeded" => "Over budget",
        "budget_held" => "Held by calls in flight",
        "velocity_exceeded" => "Too fast",
        "unpriced_model" => "Model has no price",
        "request_too_expensive" => "Over the per-call ceiling",
        "model_not_allowed" => "Model not allowed",
        "unsupported_route" => "Route can't be metered",
        "too_many_concurrent" => "Too many at once",
        "tenant_suspended" => "Tenant suspended",
        "repeated_request" => "Repeated request",
        "budget_store_unavailable" => "Store away",
        "invalid_request" => "Body can't be read",
        _ => code,
    };
}
