namespace BudgetProxy.Core.Requests;

/// <summary>An image in the request.</summary>
/// <param name="Width">Pixels; 0 = not in the body (a URL, a file id, or a header we can't read).</param>
/// <param name="Height">Pixels; 0 = not in the body.</param>
/// <param name="InBody">True when the image itself is in the body, so that whoever made its size unreadable chose how large it is.</param>
public readonly record struct ImageContent(int Width, int Height, ImageDetail Detail, bool InBody = false)
{
    public bool SizeKnown => Width > 0 && Height > 0;
}
