using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// The keys of all objects that are open at this point of the body, to find a duplicate at any depth. A body with two <c>model</c> keys
/// is a pricing bypass: we would price the one and the provider run the other. Entries form a stack, so an object that ends takes its keys
/// with it; the hash is .NET's randomised one, so no caller can choose keys that collide.
/// </summary>
internal struct KeyScopes(int capacity) : IDisposable
{
    /// <summary>Keys of open objects at most: bounds the memory of one call to about 2 MB. No request that a provider takes has as many.</summary>
    public const int MaxOpenKeys = 1 << 16;

    private int[] _heads = RentHeads(capacity);
    private (int Hash, int Start, int Length, int Next)[] _entries = ArrayPool<(int Hash, int Start, int Length, int Next)>.Shared.Rent(capacity);
    private int _mask = capacity - 1;

    /// <summary>Keys of all open objects.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a key of the innermost object; false when that object has it already.</summary>
    /// <param name="body">The body that positions refer to.</param>
    /// <param name="key">The key with its escapes resolved.</param>
    /// <param name="start">Byte offset of the key as it is written.</param>
    /// <param name="length">Bytes of the key as it is written.</param>
    /// <param name="firstKey">The value of <see cref="Count"/> when the object began.</param>
    public bool TryAdd(ReadOnlySpan<byte> body, ReadOnlySpan<byte> key, int start, int length, int firstKey)
    {
        var hash = Hash(key);
        for (var i = _heads[hash & _mask] - 1; i >= firstKey; i = _entries[i].Next)
        {
            if (_entries[i].Hash == hash && IsSame(body.Slice(_entries[i].Start, _entries[i].Length), key))
                return false;
        }

        if (Count > _mask)
            Grow();
        _entries[Count] = (hash, start, length, 0);
        Link(Count++);
        return true;
    }

    /// <summary>The innermost object has ended: forgets its keys.</summary>
    public void Leave(int firstKey)
    {
        while (Count > firstKey)
        {
            var last = _entries[--Count];
            _heads[last.Hash & _mask] = last.Next + 1;
        }
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_heads);
        ArrayPool<(int Hash, int Start, int Length, int Next)>.Shared.Return(_entries);
        _heads = [];
        _entries = [];
    }

    private static int[] RentHeads(int capacity)
    {
        var heads = ArrayPool<int>.Shared.Rent(capacity);
        heads.AsSpan(0, capacity).Clear();
        return heads;
    }

    // Marvin takes UTF-16 units; the odd last byte is mixed in after it.
    private static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(key), StringComparison.Ordinal);
        return (key.Length & 1) == 0 ? hash : hash ^ ((key[^1] + 1) * 0x01000193);
    }

    private static bool IsSame(ReadOnlySpan<byte> written, ReadOnlySpan<byte> key) =>
        written.Contains((byte)'\\') ? IsSameUnescaped(written, key) : written.SequenceEqual(key);

    private static bool IsSameUnescaped(ReadOnlySpan<byte> written, ReadOnlySpan<byte> key)
    {
        var quoted = ArrayPool<byte>.Shared.Rent(written.Length + 2);
        quoted[0] = quoted[written.Length + 1] = (byte)'"';
        written.CopyTo(quoted.AsSpan(1));
        var reader = new Utf8JsonReader(quoted.AsSpan(0, written.Length + 2));
        var same = reader.Read() && reader.ValueTextEquals(key);
        ArrayPool<byte>.Shared.Return(quoted);
        return same;
    }

    private void Link(int entry)
    {
        ref var head = ref _heads[_entries[entry].Hash & _mask];
        _entries[entry].Next = head - 1;
        head = entry + 1;
    }

    private void Grow()
    {
        var old = this;
        this = new KeyScopes((_mask + 1) * 2) { Count = Count };
        old._entries.AsSpan(0, Count).CopyTo(_entries);
        for (var i = 0; i < Count; i++)
            Link(i);
        old.Dispose();
    }
}
