namespace BudgetProxy.Tests.Gateway;

/// <summary>An HTTP answer with its framing taken off.</summary>
internal sealed record RawAnswer(string Status, Dictionary<string, string> Headers, string Body, Dictionary<string, string> Trailers);
