using System.Numerics;
using System.Security.Cryptography;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// One tenant's part of a <see cref="TenantMemory{T}"/>: a table of sets of eight places, in which the entry used longest ago gives way. It starts
/// small and grows to its limit, a power of two. Safe for any number of callers; nothing is allocated but when it grows.
/// </summary>
public sealed class TenantShare<T>
    where T : struct
{
    /// <summary>Entries of a share that is in use, at least.</summary>
    public const int Least = 64;

    private const int Ways = 8;

    private readonly Lock _lock = new();
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    private Place[] _places = new Place[Least];
    private int _limit;
    private int _count;
    private long _uses;

    internal TenantShare(int limit) => _limit = PowerOfTwo(limit);

    /// <summary>Goes first into every hash of this tenant's texts, so that equal texts of two tenants have nothing in common.</summary>
    public ReadOnlySpan<byte> Salt => _salt;

    /// <summary>Entries there is room for now.</summary>
    public int Room => Volatile.Read(ref _places).Length;

    internal long LastVisit { get; set; }

    /// <summary>False = not known, or forgotten.</summary>
    public bool TryFind(UInt128 key, out T value)
    {
        lock (_lock)
        {
            foreach (ref var place in SetOf(_places, key))
            {
                if (place.Used == 0 || place.Key != key)
                    continue;
                place.Used = ++_uses;
                value = place.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Keeps a value, in place of an earlier one of this key.</summary>
    public void Put(UInt128 key, T value)
    {
        lock (_lock)
        {
            if (_count >= _places.Length / 2 && _places.Length < _limit)
                Rebuild(_places.Length * 2);
            _count += Store(_places, new Place { Key = key, Used = ++_uses, Value = value });
        }
    }

    /// <summary>Sets the most entries that it may grow to, and shrinks to it; the newest stay.</summary>
    internal void Limit(int entries)
    {
        lock (_lock)
        {
            _limit = PowerOfTwo(entries);
            if (_places.Length > _limit)
                Rebuild(_limit);
        }
    }

    private static int PowerOfTwo(int entries) => 1 << BitOperations.Log2((uint)Math.Max(entries, Least));

    private static Span<Place> SetOf(Place[] places, UInt128 key) =>
        places.AsSpan((int)((ulong)key & (ulong)(places.Length / Ways - 1)) * Ways, Ways);

    // Answers 1 where it took a free place.
    private static int Store(Place[] places, in Place entry)
    {
        var set = SetOf(places, entry.Key);
        var oldest = 0;
        for (var way = 0; way < Ways; way++)
        {
            if (set[way].Used != 0 && set[way].Key == entry.Key)
            {
                set[way] = entry;
                return 0;
            }

            if (set[way].Used < set[oldest].Used)
                oldest = way;
        }

        var free = set[oldest].Used == 0;
        if (set[oldest].Used < entry.Used)
            set[oldest] = entry;
        return free ? 1 : 0;
    }

    private void Rebuild(int length)
    {
        var places = new Place[length];
        _count = 0;
        foreach (ref var place in _places.AsSpan())
        {
            if (place.Used != 0)
                _count += Store(places, place);
        }

        Volatile.Write(ref _places, places);
    }

    private struct Place
    {
        public UInt128 Key;

        /// <summary>When it was used last, by the share's own count of uses; 0 = free.</summary>
        public long Used;

        public T Value;
    }
}
