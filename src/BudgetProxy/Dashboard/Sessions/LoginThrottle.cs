using System.Net;
using System.Net.Sockets;

namespace BudgetProxy.Dashboard.Sessions;

/// <summary>
/// Bounds how often an address may guess: so many attempts in a window, counted before the key is looked at, so that guessing in parallel gains
/// nothing. One that succeeds is given back. Each proxy counts for itself.
/// </summary>
internal sealed class LoginThrottle(TimeProvider clock)
{
    /// <summary>Failed attempts of one address in a window.</summary>
    public const int MaxAttempts = 10;

    /// <summary>Bounds the memory; addresses beyond it share one count.</summary>
    private const int MaxAddresses = 10_000;

    /// <summary>The network part of an IPv6 address, which is what one subscriber gets: 64 bits.</summary>
    private const int NetworkBytes = 8;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _attempts = [];
    private DateTimeOffset _ends;

    /// <summary>Counts an attempt. Null = it may go on; else how long to wait.</summary>
    public TimeSpan? Take(IPAddress? address)
    {
        var from = Network(address);
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (now >= _ends)
            {
                _attempts.Clear();
                _ends = now + Window;
            }

            if (!_attempts.ContainsKey(from) && _attempts.Count >= MaxAddresses)
                from = IPAddress.None;
            var attempts = _attempts.GetValueOrDefault(from);
            if (attempts >= MaxAttempts)
                return _ends - now;
            _attempts[from] = attempts + 1;
            return null;
        }
    }

    /// <summary>The attempt just taken succeeded: it was no guess.</summary>
    public void GiveBack(IPAddress? address)
    {
        var from = Network(address);
        lock (_lock)
        {
            if (_attempts.TryGetValue(from, out var attempts) && attempts > 0)
                _attempts[from] = attempts - 1;
        }
    }

    private static IPAddress Network(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
