using BudgetProxy.Admin;
using BudgetProxy.Core.Money;
using BudgetProxy.Gateway;
using BudgetProxy.Runs;

namespace BudgetProxy.Checks;

/// <summary>The refusals that only the routes of this folder have; all others are those of a call.</summary>
internal static class CheckRefusals
{
    /// <summary>A repeat key stands for one request.</summary>
    public static readonly GatewayRefusal KeyReused = new(
        StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused",
        "This Idempotency-Key stands for another reservation, with another body. Give each reservation a key of its own.");

    public static readonly GatewayRefusal BadRepeatKey = new(
        StatusCodes.Status400BadRequest, "invalid_request", "The Idempotency-Key must be one value of 1 to 256 printable characters.") { Param = "Idempotency-Key" };

    public static readonly GatewayRefusal Voided = new(
        StatusCodes.Status409Conflict, "reservation_voided",
        "This reservation was voided, so it holds nothing that could be settled. Book what was used all the same with POST /v1/usage.");

    public static readonly GatewayRefusal Settled = new(
        StatusCodes.Status409Conflict, "reservation_settled", "This reservation was settled, and what is booked stays booked.");

    /// <summary>No budget refuses what is spent; this is only so that nobody can make all sums useless.</summary>
    public static readonly GatewayRefusal TooMuchReported = new(
        StatusCodes.Status429TooManyRequests, "too_much_usage",
        $"More than {new NanoUsd(ReportedLimits.MostReported).ToBalance()} USD of usage was reported by this account within the hour. Are the costs in dollars? What was not booked can be sent again once the hour is over.")
    {
        RetryAfterSeconds = 60,
    };

    public static readonly GatewayRefusal TooMuchReserved = new(
        StatusCodes.Status429TooManyRequests, "too_much_usage",
        $"More than {new NanoUsd(ReportedLimits.MostReserved).ToBalance()} USD was reserved by this account within the hour. Are the costs in dollars?")
    {
        RetryAfterSeconds = 60,
    };

    public static readonly GatewayRefusal StoreUnavailable = Refusals.StoreUnavailable with
    {
        Message = "The books can't be reached just now, so it is not known whether this took effect. Retry in a moment: settling, voiding, usage and whatever has an Idempotency-Key take effect once.",
    };

    public static GatewayRefusal NoReservation(string id) => new(
        StatusCodes.Status404NotFound, "not_found",
        $"There is no reservation '{Cut(id)}' of this account, or its time was over more than {DirectReservations.KeptDays} days ago.");

    public static GatewayRefusal NotJson(string message) => new(StatusCodes.Status400BadRequest, "invalid_request", message);

    public static GatewayRefusal NoRun(string run) => new(
        StatusCodes.Status404NotFound, "not_found", $"There is no run '{Cut(run)}' of this account with a limit. Set one with PUT /v1/runs/{{run}}.");

    /// <summary>A limit of a run needs the counters of runs, which are a budget of the tenant.</summary>
    /// <param name="why">As the end of a sentence.</param>
    public static GatewayRefusal RunsNotCounted(string why) => new(
        StatusCodes.Status409Conflict, "runs_not_counted",
        $"This account's runs can't be counted: {why}. Ask your administrator to make room for a budget named '{RunBudget.Name}'.");

    /// <summary>What has been spent is never refused for want of a rate, so this says how it can be booked.</summary>
    public static GatewayRefusal UnpricedUse(string model) => Refusals.Unpriced(model) with
    {
        Message = $"There is no rate for the model '{Cut(model)}'. Say what it cost: costUsd, as a decimal string.",
        Param = "costUsd",
    };

    /// <summary>Every field that is at fault, at once.</summary>
    public static GatewayRefusal Invalid(FieldErrors errors)
    {
        var fields = errors.All.Select(field => new KeyValuePair<string, string>(field.Key, string.Join(' ', field.Value))).ToList();
        return new GatewayRefusal(
            StatusCodes.Status400BadRequest, "invalid_request", string.Join(' ', fields.Select(field => $"{field.Key}: {field.Value}")))
        {
            Param = fields[0].Key,
            Fields = fields,
        };
    }

    /// <summary>A client's own text in an answer to itself: cut, so that an answer stays small.</summary>
    private static string Cut(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
