namespace BudgetProxy.Gateway;

/// <summary>Refuses requests whose bytes two servers could read as two different bodies, and bodies we could not read as they stand.</summary>
public static class RequestFraming
{
    public static GatewayRefusal? Check(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers.TransferEncoding.Count > 0)
        {
            // Kestrel lets Transfer-Encoding win and keeps the length that it dropped under this name.
            if (headers.ContentLength is not null || headers.ContainsKey("X-Content-Length") || request.Protocol == HttpProtocol.Http10)
                return Refusals.AmbiguousFraming;
        }

        // YARP would tunnel these two raw, past every meter.
        if (headers.Upgrade.Count > 0 && UpgradesToTunnel(headers.Upgrade.ToString()))
            return Refusals.UnsupportedRoute;

        var encoding = headers.ContentEncoding;
        return encoding.Count == 0 || encoding.ToString().Trim().Equals("identity", StringComparison.OrdinalIgnoreCase)
            ? null
            : Refusals.UnsupportedEncoding;
    }

    private static bool UpgradesToTunnel(string upgrade) =>
        upgrade.Contains("websocket", StringComparison.OrdinalIgnoreCase) || upgrade.Contains("spdy", StringComparison.OrdinalIgnoreCase);
}
