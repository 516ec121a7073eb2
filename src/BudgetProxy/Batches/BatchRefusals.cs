using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>Why a batch route itself answers a call, where no other route does.</summary>
public static class BatchRefusals
{
    /// <summary>Each body takes memory and disk for as long as its client sends.</summary>
    public static readonly GatewayRefusal TooManyBodies = new(
        StatusCodes.Status429TooManyRequests, "too_many_batches", "Too many batches or files are being sent at once. Retry when one of them is through.")
    {
        RetryAfterSeconds = 30,
    };

    public static readonly GatewayRefusal TooSlow = new(
        StatusCodes.Status408RequestTimeout, "body_timeout", "The body was not whole in the time that it may take. Send a smaller batch, or over a faster line.");

    /// <summary>Deleting results before they are read would leave the batch to be presumed.</summary>
    public static readonly GatewayRefusal NotSettled = new(
        StatusCodes.Status409Conflict, "not_settled", "This batch is not booked yet, so its results are still needed. Try again a moment after it has ended.");
}
