using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary>
/// Changes some fields of a definition: what a patch does not name stays, also where another admin changes it at the same moment, for the patch is then laid
/// on what that left.
/// </summary>
internal static class Patch
{
    /// <summary>Each try that fails is another's change of the same thing.</summary>
    private const int MostTries = 50;

    /// <param name="present">Tag and definition of the thing as it stands; null = there is none.</param>
    /// <param name="read">Makes what is wanted of the patched definition.</param>
    /// <param name="put">Stores it.</param>
    /// <returns>What the patch came to, or the problem to answer with; exactly one of the two.</returns>
    public static async Task<(T? Value, ProblemHttpResult? Problem)> RunAsync<T>(
        HttpRequest request, Func<(string Tag, string Definition)?> present, Func<FieldReader, T> read, Func<T, Edit, Task<Edited<T>>> put)
        where T : class
    {
        var (patch, broken) = await JsonBody.ReadAsync(request, request.HttpContext.RequestAborted);
        if (patch is null)
            return (null, broken);
        var edit = request.HttpContext.Edit();
        for (var tries = 1; ; tries++)
        {
            if (present() is not var (tag, definition))
                return (null, new Edited<T>(EditOutcome.NotFound, null).ToProblem());
            if (edit.If?.Holds(tag) == false)
                return (null, Problems.Changed());
            var fields = patch.Over(definition);
            var wanted = read(fields);
            if (fields.Errors.Any)
                return (null, fields.Errors.ToProblem());
            var edited = await put(wanted, edit with { If = new Precondition([tag]) });
            if (edited.Value is { } value)
                return (value, null);
            if (edited.Outcome != EditOutcome.Changed || tries == MostTries)
                return (null, edited.ToProblem());
        }
    }
}
