namespace BudgetProxy.Core.Requests;

/// <summary>Why a body was refused as <c>invalid_request</c>.</summary>
/// <param name="Message">One sentence that says what is wrong and what would be right. Never a piece of the prompt.</param>
/// <param name="Param">The JSON path of the field, such as <c>messages[2].role</c>; null where the whole body is at fault.</param>
public sealed record RequestError(string Message, string? Param);
