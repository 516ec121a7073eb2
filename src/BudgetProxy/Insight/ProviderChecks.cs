using System.Net;
using BudgetProxy.Core.Requests;
using BudgetProxy.Forwarding;

namespace BudgetProxy.Insight;

/// <summary>Asks providers whether they take the proxy's own keys, by a call that costs nothing: the list of models.</summary>
public sealed class ProviderChecks(ProviderTargets targets)
{
    private const string Models = "/v1/models";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<ProviderHealthDocument>> CheckAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(targets.All.Select(target => CheckAsync(target, cancellationToken)));

    private static async Task<ProviderHealthDocument> CheckAsync(ProviderTarget target, CancellationToken cancellationToken)
    {
        ProviderHealthDocument Say(string credential, string detail) => new(target.Provider.Name(), target.Prefix, credential, detail);
        var setting = $"BudgetProxy__Providers__{target.Provider.Name()}__ApiKey";
        if (target.Provider is not (Provider.OpenAi or Provider.Anthropic))
            return Say("unknown", "This version forwards nothing to it.");
        if (target.Credential is null)
            return Say("missing", $"No key is configured: set {setting}.");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, target.UriOf(Models, null));
            request.Headers.TryAddWithoutValidation(target.CredentialHeader!, target.Credential);
            if (target.Provider == Provider.Anthropic)
                request.Headers.TryAddWithoutValidation("anthropic-version", "2023-06-01");
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Deadline);
            using var answer = await target.Client.SendAsync(request, limit.Token);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Say("ok", "It takes the key."),
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Say("refused", $"It answered {(int)answer.StatusCode}: set another key with {setting}."),
                var status => Say("unknown", $"It answered {(int)status}."),
            };
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The exception's own text may show what was sent.
            return Say("unreachable", failed is OperationCanceledException ? $"It did not answer within {Deadline.TotalSeconds:0} seconds." : "It can't be reached.");
        }
    }
}
