namespace BudgetProxy.Core.Requests;

/// <summary>What becomes on one route of what can't be seen in its bodies. Immutable; the operator's choice.</summary>
public sealed class Allowances
{
    /// <summary>Where a request says nothing else: images at the model's cap, all else refused.</summary>
    public static readonly Allowances Default = new("<route>", default);

    private readonly Allowance[] _allowances = new Allowance[Enum.GetValues<UnseenItem>().Length];

    /// <param name="route">Its name in the configuration.</param>
    /// <param name="items">What its bodies can hold.</param>
    public Allowances(string route, params ReadOnlySpan<UnseenItem> items)
    {
        Route = route;
        Items = items.ToArray();
        _allowances[(int)UnseenItem.RemoteImage] = Allowance.ModelCap;
    }

    private Allowances(Allowances other, UnseenItem item, Allowance allowance) : this(other.Route, other.Items.ToArray())
    {
        other._allowances.CopyTo(_allowances, 0);
        _allowances[(int)item] = allowance;
    }

    /// <summary>The route's name in the configuration: <c>openaiChat</c>.</summary>
    public string Route { get; }

    /// <summary>What a body of this route can hold.</summary>
    public IReadOnlyList<UnseenItem> Items { get; }

    public Allowance this[UnseenItem item] => _allowances[(int)item];

    /// <summary>The item's name in the configuration: <c>remoteImage</c>.</summary>
    public static string NameOf(UnseenItem item) => item switch
    {
        UnseenItem.RemoteImage => "remoteImage",
        UnseenItem.FileId => "fileId",
        UnseenItem.FileUrl => "fileUrl",
        UnseenItem.ServerTool => "serverTool",
        UnseenItem.PreviousResponse => "previousResponse",
        _ => throw new ArgumentOutOfRangeException(nameof(item), item, "Not an item."),
    };

    /// <summary>The environment variable that allows the item on this route.</summary>
    public string SettingOf(UnseenItem item) => $"BudgetProxy__Allowances__{Route}__{NameOf(item)}";

    /// <summary>The same with another choice for one item.</summary>
    public Allowances With(UnseenItem item, Allowance allowance) => new(this, item, allowance);
}
