namespace BudgetProxy.OpenApi;

/// <summary>What the OpenAPI document says of one admin call beyond what its code shows.</summary>
/// <param name="Id">Unique; generated clients name a method after it.</param>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Body">Name of the body's schema in <see cref="BodySchemas"/>; null = it takes none.</param>
/// <param name="Query">Names of its query parameters in <see cref="QueryTexts"/>.</param>
internal sealed record CallText(string Id, string Summary, string? Body = null, params string[] Query)
{
    /// <summary>True where a call without a body is the same as one with <c>{}</c>.</summary>
    public bool BodyMayBeEmpty { get; init; }

    /// <summary>Media type of the body, where it is not JSON.</summary>
    public IReadOnlyList<string> BodyTypes { get; init; } = ["application/json"];

    /// <summary>Media types of an answer that is no JSON document.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];
}
