using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Proxies;

/// <summary>Keeps profiles in a file that its owner alone can read: <c>~/.config/budgetproxy/profiles.json</c>, or where the system keeps such things.</summary>
internal static class ProfileStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JsonText.Compact.Encoder };

    public static string FilePath => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "budgetproxy", "profiles.json");

    /// <exception cref="CommandException">The file can't be read, or others can read it.</exception>
    public static ProfileFile Read()
    {
        try
        {
            if (!File.Exists(FilePath))
                return ProfileFile.Empty;
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(FilePath) & ~OwnerOnly) != UnixFileMode.None)
                throw new CommandException($"{FilePath} holds admin keys, and others can read it. Nothing was sent. Mend it: chmod 600 '{FilePath}'");
            using var file = File.OpenRead(FilePath);
            return JsonSerializer.Deserialize<ProfileFile>(file, Form) is { Profiles: not null } read ? read : throw new JsonException("null");
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new CommandException($"The profiles in {FilePath} can't be read: {wrong.Message}");
        }
    }

    /// <summary>Written whole, beside the old file, and put in its place.</summary>
    /// <exception cref="CommandException">It can't be written.</exception>
    public static void Write(ProfileFile profiles)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
            var fresh = FilePath + ".new";
            File.Delete(fresh);
            var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                how.UnixCreateMode = OwnerOnly;
            using (var file = new FileStream(fresh, how))
                JsonSerializer.Serialize(file, profiles, Form);
            File.Move(fresh, FilePath, overwrite: true);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The profiles can't be kept in {FilePath}: {wrong.Message}");
        }
    }

    /// <summary>For completion: what can't be read has no names.</summary>
    public static IEnumerable<string> Names()
    {
        try
        {
            return Read().Profiles.Keys;
        }
        catch (CommandException)
        {
            return [];
        }
    }
}
