using System.Formats.Tar;
using Cairn.Jobs.Agent;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Executors;

/// <summary>A container image made of busybox alone, without a registry.</summary>
internal static class BusyboxImage
{
    public const string Name = "localhost/cairn-tests/busybox:latest";
    private const string Busybox = "/usr/bin/busybox";

    public static async Task<string> EnsureAsync()
    {
        if (HostTools.Find("podman") is not { } podman)
        {
            Assert.Skip("podman is not installed.");
            throw new InvalidOperationException();
        }

        if (!File.Exists(Busybox))
        {
            Assert.Skip("busybox-static is not installed, of which the test image is made.");
        }

        using var scratch = new ScratchDirectory();
        var environment = PodmanLauncher.ToolEnvironment(scratch["containers.conf"]);
        if ((await HostTools.RunAsync(podman, ["image", "exists", Name], environment, default)).ExitCode != 0)
        {
            await WriteAsync(scratch["busybox.tar"]);
            var import = await HostTools.RunAsync(
                podman,
                ["import", "--change", "ENV PATH=/bin", scratch["busybox.tar"], Name],
                environment,
                default
            );
            import.ExitCode.ShouldBe(0, import.Complaint);
        }

        return Name;
    }

    private static async Task WriteAsync(string file)
    {
        const UnixFileMode executable =
            UnixFileMode.UserRead
            | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead
            | UnixFileMode.OtherExecute;
        await using var tar = new TarWriter(File.Create(file));
        foreach (var folder in (string[])["bin", "etc", "gcs", "proc", "tmp"])
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder + "/") { Mode = executable | UnixFileMode.UserWrite });
        }

        await using var program = File.OpenRead(Busybox);
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = executable, DataStream = program });
        foreach (var name in (string[])["sh", "echo", "sleep", "cat", "kill", "env", "mkdir", "ls"])
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + name) { LinkName = "busybox" });
        }
    }
}
