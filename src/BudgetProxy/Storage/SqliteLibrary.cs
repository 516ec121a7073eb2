using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace BudgetProxy.Storage;

/// <summary>Chooses the SQLite that the process runs on: the system's where it is newer than the bundled one.</summary>
internal static class SqliteLibrary
{
    private const string Bundled = "e_sqlite3";

    /// <summary>Must have run before anything opens a database; done once.</summary>
    private static readonly bool Loaded = Load();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int VersionNumber();

    /// <returns>The version in use, such as 3.40.1.</returns>
    public static string EnsureLoaded() => Loaded ? raw.sqlite3_libversion().utf8_to_string() : throw new DllNotFoundException("SQLite");

    private static bool Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        Batteries_V2.Init();
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Bundled)
            return 0;
        NativeLibrary.TryLoad(Bundled, assembly, path, out var bundled);
        foreach (var candidate in (ReadOnlySpan<string>)["libsqlite3.so.0", "libsqlite3.dylib"])
        {
            // Microsoft.Data.Sqlite asks for column origins, which a library may be built without.
            if (NativeLibrary.TryLoad(candidate, out var system)
                && NativeLibrary.TryGetExport(system, "sqlite3_column_origin_name", out _)
                && Version(system) > Version(bundled))
            {
                return system;
            }
        }

        return bundled;
    }

    private static int Version(nint library) =>
        library != 0 && NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var function)
            ? Marshal.GetDelegateForFunctionPointer<VersionNumber>(function)()
            : 0;
}
