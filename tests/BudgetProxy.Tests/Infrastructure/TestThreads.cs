using System.Runtime.CompilerServices;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>
/// Threads for tests that block one while they wait, such as properties, whose library knows no tasks. Without them the answers that these wait for
/// queue behind the waiting, and a deadline of seconds passes on a machine of two cores.
/// </summary>
internal static class TestThreads
{
    [ModuleInitializer]
    public static void Prepare() => ThreadPool.SetMinThreads(128, 128);
}
