using System.Globalization;

namespace Cairn.Jobs.Accelerators;

/// <summary>How a task gets at the accelerators that it was given, and at no others.</summary>
internal static class AcceleratorAccess
{
    /// <summary>The driver's nodes that all its GPUs share.</summary>
    private static readonly string[] Shared = ["nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset"];

    /// <summary>The nodes that a task with these accelerators needs, as far as they exist.</summary>
    public static IReadOnlyList<string> Nodes(IReadOnlyList<Accelerator> accelerators, string folder = "/dev")
    {
        var own = accelerators
            .Select(one => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"nvidia{one.Number}")))
            .Where(File.Exists)
            .ToList();
        return own.Count == 0 ? [] : [.. own, .. Shared.Select(name => Path.Combine(folder, name)).Where(File.Exists)];
    }

    /// <summary>
    /// The variables by which CUDA, and NVIDIA's hook for containers, know which GPUs are the task's. CUDA counts those that it can open:
    /// in a sandbox that has the task's nodes only it begins at 0 again, so a GPU goes by the driver's name for it where that is known.
    /// </summary>
    /// <param name="accelerators">Empty for a task that asked for none.</param>
    /// <param name="confined">Whether the task has the nodes of its own only.</param>
    public static IEnumerable<(string Name, string Value)> Variables(IReadOnlyList<Accelerator> accelerators, bool confined)
    {
        var named = accelerators.All(static one => one.Uuid is not null);
        var machine = string.Join(',', accelerators.Select(one => named ? one.Uuid! : Text(one.Number)));
        yield return (
            "CUDA_VISIBLE_DEVICES",
            !named && confined ? string.Join(',', Enumerable.Range(0, accelerators.Count).Select(Text)) : machine
        );
        yield return ("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
        yield return ("NVIDIA_VISIBLE_DEVICES", accelerators.Count == 0 ? "void" : machine);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
