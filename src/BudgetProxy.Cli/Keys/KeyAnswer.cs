using System.Text.Json;
using BudgetProxy.Cli.Commands;
using BudgetProxy.Cli.Output;

namespace BudgetProxy.Cli.Keys;

/// <summary>Shows a key in the only moment in which it can be shown.</summary>
internal static class KeyAnswer
{
    /// <param name="quiet">The key alone, for a script.</param>
    /// <param name="note">What else there is to know.</param>
    public static int Show(CommandCall call, JsonElement key, bool quiet, string? note = null)
    {
        if (quiet)
            Console.WriteLine(key.Text("key"));
        else if (call.Json)
            JsonText.Print(key);
        else
        {
            new Facts().Add("Key", key.Text("key"), Tone.Strong).Add("Id", key.Text("id")).Add("Name", key.Text("name")).Add("Tenant", key.Text("tenant"))
                .Add("User", key.Text("user")).Add("Project", key.Text("project")).Add("Allowed models", key.Joined("allowedModels")).Add("Expires", key.Text("expiresAt"))
                .Write(call.Terminal);
            call.Terminal.Wrapped($"The key is shown this once: keep it now.{(note is null ? "" : " " + note)}", 0);
        }

        return ExitCode.Done;
    }
}
