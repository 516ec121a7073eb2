using System.Text.Json;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard;

/// <summary>What the admin API answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Version">Its ETag; empty = none.</param>
public sealed record PipeAnswer(int Status, byte[] Body, string Version)
{
    /// <summary>What the answer, as a page, lets a browser load; empty = it says nothing of it.</summary>
    public string Policy { get; init; } = "";

    /// <summary>The same had been sent before, and nothing was done now.</summary>
    public bool WasThere { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>What was to be made is there already, or what was to be changed has changed.</summary>
    public bool IsOtherwise => Status == StatusCodes.Status412PreconditionFailed;

    /// <summary>The body as <typeparamref name="T"/>. Fields that <typeparamref name="T"/> lacks are passed over.</summary>
    public T Read<T>() => JsonSerializer.Deserialize<T>(Body, JsonSerializerOptions.Web) ?? throw new InvalidOperationException($"The admin API answered null for {typeof(T).Name}.");

    /// <summary>What went wrong, where <see cref="IsSuccess"/> is false.</summary>
    public Problem Problem()
    {
        try
        {
            if (Body.Length > 0 && JsonSerializer.Deserialize<Problem>(Body, JsonSerializerOptions.Web) is { Title: not null } problem)
                return problem with { Status = Status };
        }
        catch (JsonException)
        {
            // Not a problem document: the status alone must do.
        }

        return new Problem($"The admin API answered {Status}.", null, null) { Status = Status };
    }

    /// <summary>The body as a part of a page, or the problem to show in its place.</summary>
    public Part<T> Part<T>()
        where T : class => IsSuccess ? new Part<T>(Read<T>(), null) : new Part<T>(null, Problem());
}
