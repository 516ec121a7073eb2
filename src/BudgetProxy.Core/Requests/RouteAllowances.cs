namespace BudgetProxy.Core.Requests;

/// <summary>The allowances of every route whose bodies can name what they do not hold.</summary>
public sealed class RouteAllowances
{
    /// <summary>What holds where nothing is configured.</summary>
    public static readonly RouteAllowances Default = new(
    [
        new("openaiChat", UnseenItem.RemoteImage, UnseenItem.FileId, UnseenItem.FileUrl, UnseenItem.ServerTool),
        new("openaiResponses", UnseenItem.RemoteImage, UnseenItem.FileId, UnseenItem.FileUrl, UnseenItem.ServerTool, UnseenItem.PreviousResponse),
        new("anthropicMessages", UnseenItem.RemoteImage, UnseenItem.FileId, UnseenItem.FileUrl, UnseenItem.ServerTool),
    ]);

    private RouteAllowances(IReadOnlyList<Allowances> all) => All = all;

    /// <summary>One for each route.</summary>
    public IReadOnlyList<Allowances> All { get; }

    /// <summary>The route's own; an embeddings body holds all that it names.</summary>
    public Allowances Of(ProviderApi api) => api switch
    {
        ProviderApi.OpenAiChat => All[0],
        ProviderApi.OpenAiResponses => All[1],
        ProviderApi.AnthropicMessages => All[2],
        _ => Allowances.Default,
    };

    /// <summary>The same with another choice for one item of one route.</summary>
    public RouteAllowances With(Allowances route, UnseenItem item, Allowance allowance)
    {
        var all = new List<Allowances>(All.Count);
        foreach (var one in All)
            all.Add(one.Route == route.Route ? one.With(item, allowance) : one);
        return new RouteAllowances(all);
    }
}
