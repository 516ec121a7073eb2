namespace BudgetProxy.Embedded;

/// <summary>The last reservations that were voided: they leave no row, and a repeat should still hear that it is one. Bounded.</summary>
internal sealed class VoidedIds
{
    private const int Most = 65_536;
    private readonly HashSet<Guid> _ids = [];
    private readonly Queue<Guid> _order = new();

    public void Add(Guid id)
    {
        if (!_ids.Add(id))
            return;
        _order.Enqueue(id);
        if (_order.Count > Most)
            _ids.Remove(_order.Dequeue());
    }

    public bool Contains(Guid id) => _ids.Contains(id);
}
