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
            // `gzip, chunked` would be a compressed body by another name.
            if (!headers.TransferEncoding.ToString().Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase))
                return Refusals.UnsupportedEncoding;
            if (headers.ContentLength is not null || headers.ContainsKey("X-Content-Length") || request.Protocol == HttpProtocol.Http10)
                return Refusals.AmbiguousFraming;
        }

        // YARP would tunnel these two raw, past every meter.
        if (headers.Upgrade.Count > 0 && UpgradesToTunnel(headers.Upgrade.ToString()))
            return Refusals.UnsupportedRoute;

        var encoding = headers.ContentEncoding;
        var identity = encoding.ToString().AsSpan().Trim() is [] or "identity" or "Identity";
        return identity && IsUtf8(request.ContentType) ? null : Refusals.UnsupportedEncoding;
    }

    /// <summary>JSON is UTF-8 (RFC 8259, 8.1); a body declared as anything else would mean something else to another reader.</summary>
    private static bool IsUtf8(string? contentType)
    {
        var at = contentType?.IndexOf("charset=", StringComparison.OrdinalIgnoreCase) ?? -1;
        return at < 0 || contentType.AsSpan(at + "charset=".Length).TrimStart('"').StartsWith("utf-8", StringComparison.OrdinalIgnoreCase);
    }

    private static bool UpgradesToTunnel(string upgrade) =>
        upgrade.Contains("websocket", StringComparison.OrdinalIgnoreCase) || upgrade.Contains("spdy", StringComparison.OrdinalIgnoreCase);
}
