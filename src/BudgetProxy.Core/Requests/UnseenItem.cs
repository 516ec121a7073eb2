namespace BudgetProxy.Core.Requests;

/// <summary>What a body can name without holding it, so that its tokens can't be told from the body. <see cref="Allowances"/> say what becomes of it.</summary>
public enum UnseenItem
{
    /// <summary>An image by URL or file id, or one in the body whose size can't be read.</summary>
    RemoteImage,

    /// <summary>A file that lies at the provider.</summary>
    FileId,

    /// <summary>A document that the provider fetches.</summary>
    FileUrl,

    /// <summary>A tool that runs on the provider's side, whose results are input that nobody sent.</summary>
    ServerTool,

    /// <summary>An earlier answer that the provider kept and puts before this call.</summary>
    PreviousResponse,
}
