using BudgetProxy.Core.Requests;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>OpenAI's files, those of batches only: the uploads of a tenant and the results of its batches. Another's are not there.</summary>
public sealed class OpenAiFiles(LineRulesFactory rules, BatchProvider provider, FreeRouteFlow free, IBatchStore store, ProxyOptions options)
{
    private const string Path = "/v1/files";

    /// <summary>Files that a list is made of at most.</summary>
    private const int MostListed = 10_000;

    /// <summary>OpenAI's own limit of a page.</summary>
    private const int MostOfPage = 10_000;

    /// <summary>Sends an upload on while its lines are read and counted.</summary>
    public async Task<GatewayRefusal?> UploadAsync(Call call)
    {
        var request = call.Context.Request;
        if (MultipartScanner.BoundaryOf(request.ContentType) is not { } boundary)
            return Refusals.InvalidRequest(new RequestError("A file is uploaded as multipart/form-data with one boundary, and the fields purpose and file.", null));
        if (request.ContentLength > options.MaxBatchBytes)
            return Refusals.TooLarge(options.MaxBatchBytes);
        var intake = new LineIntake(rules.For(call));
        using var upload = new UploadContent(request, boundary, intake, options);
        using var answer = await provider.SendAsync(call.Context, Provider.OpenAi, HttpMethod.Post, Path, upload);
        if (await upload.RefusalAsync(call.Context.RequestAborted) is { } refusal)
            return refusal;
        if (answer.IsSuccess && upload.IsWhole && await KeepAsync(call, answer, intake) is { } lost)
            return lost;
        return await BatchAnswers.PassAsync(call.Context, Provider.OpenAi, answer);
    }

    /// <summary>The tenant's uploads as the provider answered them, latest first, and the results of its batches.</summary>
    public async Task<GatewayRefusal?> ListAsync(Call call)
    {
        var request = call.Context.Request;
        var files = (await store.FilesAsync(call.Tenant.Id, MostListed, call.Context.RequestAborted)).Where(file => file.Answer is not null).ToList();
        if (ListQuery.Text(request, "order") == "asc")
            files.Reverse();
        var purpose = ListQuery.Text(request, "purpose");
        if (purpose is not (null or "batch"))
            files.Clear();
        var from = ListQuery.Text(request, "after") is { } after ? files.FindIndex(file => file.Id == after) + 1 : 0;
        var limit = request.Query.ContainsKey("limit") ? ListQuery.Limit(request, MostOfPage) : MostOfPage;
        var page = files.Skip(from).Take(limit).Select(file => (file.Id, file.Answer!)).ToList();
        await BatchAnswers.WriteListAsync(call.Context, Provider.OpenAi, page, hasMore: from + page.Count < files.Count);
        return null;
    }

    /// <summary>Passes on what the provider says of one of the tenant's files, or what is in it.</summary>
    /// <param name="action">What stands after the file's path; empty for the file itself.</param>
    public async Task<GatewayRefusal?> GetAsync(Call call, string action)
    {
        if (await FindAsync(call) is not { } file)
            return Refusals.NotFound("file", IdOf(call));
        await free.ForwardAsync(call, PathOf(file.Id) + action);
        return null;
    }

    /// <summary>Deletes one of the tenant's files; results only once they are booked.</summary>
    public async Task<GatewayRefusal?> DeleteAsync(Call call)
    {
        if (await FindAsync(call) is not { } file)
            return Refusals.NotFound("file", IdOf(call));
        if (file.Batch is { } id && await store.GetAsync(id, call.Context.RequestAborted) is { State: not BatchState.Settled })
            return BatchRefusals.NotSettled;
        if (await free.ForwardAsync(call, PathOf(file.Id)) is >= 200 and < 300 or StatusCodes.Status404NotFound)
            await store.RemoveFileAsync(call.Tenant.Id, file.Id, CancellationToken.None);
        return null;
    }

    private static string PathOf(string id) => $"{Path}/{Uri.EscapeDataString(id)}";

    private static string IdOf(Call call) => call.Context.Request.RouteValues["id"] as string ?? "";

    private ValueTask<BatchFile?> FindAsync(Call call) => store.FindFileAsync(call.Tenant.Id, IdOf(call), call.Context.RequestAborted);

    /// <summary>Keeps a file's lines once the provider has it. Where that fails the file is deleted again: nobody could ever use it.</summary>
    private async ValueTask<GatewayRefusal?> KeepAsync(Call call, ProviderAnswer answer, LineIntake intake)
    {
        if (ProviderFile.IdOf(answer.Body) is not { } id)
            return Refusals.ProviderFailed(timedOut: false, mayHaveBegun: true);
        var file = new BatchFile
        {
            Tenant = call.Tenant.Id,
            Id = id,
            CreatedAt = call.StartedAt,
            Lines = call.Id,
            LineCount = intake.Count,
            Answer = answer.Text,
        };
        try
        {
            await store.AddFileAsync(file, intake.Finish(), CancellationToken.None);
            return null;
        }
        catch (StoreUnavailableException)
        {
            using var deleted = await provider.AskAsync(Provider.OpenAi, HttpMethod.Delete, PathOf(id), null, CancellationToken.None);
            return Refusals.StoreUnavailable;
        }
    }
}
