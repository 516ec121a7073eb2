using BudgetProxy.Gateway;

namespace BudgetProxy.Batches;

/// <summary>Why a batch route itself answers a call, where no other route does.</summary>
public static class BatchRefusals
{
    /// <summary>Deleting results before they are read would leave the batch to be presumed.</summary>
    public static readonly GatewayRefusal NotSettled = new(
        StatusCodes.Status409Conflict, "not_settled", "This batch is not booked yet, so its results are still needed. Try again a moment after it has ended.");
}
