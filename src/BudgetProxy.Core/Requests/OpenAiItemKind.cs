namespace BudgetProxy.Core.Requests;

/// <summary>What an input item of a responses body is, as far as the counting rules tell items apart.</summary>
internal enum OpenAiItemKind
{
    /// <summary>It says nothing: a message where it has a role, else a reference.</summary>
    None,

    /// <summary>A message or a tool's result.</summary>
    Plain,

    /// <summary>A call of a function or custom tool.</summary>
    Call,
    Reasoning,

    /// <summary>A call of a tool on the provider's side.</summary>
    Hosted,

    /// <summary>An earlier item by its id.</summary>
    Reference,
}
