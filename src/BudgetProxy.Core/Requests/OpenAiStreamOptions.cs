namespace BudgetProxy.Core.Requests;

/// <summary>Finds the smallest change that sets <c>stream_options.include_usage</c>, without which an OpenAI stream ends and never says what it cost.</summary>
internal static class OpenAiStreamOptions
{
    private static readonly byte[] WholeField = "\"stream_options\":{\"include_usage\":true},"u8.ToArray();
    private static readonly byte[] WholeValue = "{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] OnlyProperty = "\"include_usage\":true"u8.ToArray();
    private static readonly byte[] FirstProperty = "\"include_usage\":true,"u8.ToArray();
    private static readonly byte[] True = "true"u8.ToArray();

    /// <summary>The splice for a body without <c>stream_options</c>.</summary>
    /// <param name="bodyStart">Byte offset just after the body's opening brace; a field always follows, since a model is required.</param>
    public static BodySplice InsertWhole(int bodyStart) => new(bodyStart, 0, WholeField);

    /// <summary>The splice for the <c>stream_options</c> the cursor stands on; none when they ask for usage already.</summary>
    public static BodySplice Read(ref BodyCursor cursor, BodySplice whenAbsent)
    {
        if (cursor.IsNull)
            return new BodySplice(cursor.Position, cursor.End - cursor.Position, WholeValue);
        if (!cursor.ExpectObject())
            return whenAbsent;

        var inside = cursor.End;
        var empty = true;
        BodySplice? found = null;
        while (cursor.NextProperty())
        {
            empty = false;
            if (!cursor.KeyIs("include_usage"u8))
                cursor.Skip();
            else if (cursor.Flag() is true)
                found = default(BodySplice);
            else
                found = new BodySplice(cursor.Position, cursor.End - cursor.Position, True);
        }

        return found ?? new BodySplice(inside, 0, empty ? OnlyProperty : FirstProperty);
    }
}
