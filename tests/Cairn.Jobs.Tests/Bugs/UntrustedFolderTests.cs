using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Cairn.Processes.Peers;
using Cairn.Processes.Sandboxing;
using Cairn.Processes.Untrusted;
using Cairn.Testing;

namespace Cairn.Jobs.Tests.Bugs;

/// <summary>Reading what a task may change at any moment.</summary>
public sealed class UntrustedFolderTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>So long names are exchanged; <c>make soak</c> says for how long.</summary>
    private static TimeSpan Duration =>
        TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("CAIRN_SWAP_SECONDS") ?? "0.7", CultureInfo.InvariantCulture));

    [Fact]
    public async Task a_file_that_is_exchanged_for_a_link_all_the_time_is_read_or_not_but_the_link_is_never_followed()
    {
        var secret = Directory.CreateDirectory(_scratch["outside"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(secret, "file"), "secret");
        var folder = Directory.CreateDirectory(_scratch["task"]).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "deep"));
        await File.WriteAllTextAsync(Path.Combine(folder, "deep", "file"), "own");
        await File.WriteAllTextAsync(Path.Combine(folder, "file"), "own");
        File.CreateSymbolicLink(Path.Combine(folder, "file.link"), Path.Combine(secret, "file"));
        File.CreateSymbolicLink(Path.Combine(folder, "deep.link"), secret);

        using var stop = new CancellationTokenSource(Duration + TimeSpan.FromSeconds(30));
        var clock = Stopwatch.StartNew();
        var exchanging = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Exchange(Path.Combine(folder, "file"), Path.Combine(folder, "file.link"));
                Exchange(Path.Combine(folder, "deep"), Path.Combine(folder, "deep.link"));
            }
        });

        var (read, refused, followed) = (0, 0, 0);
        using var untrusted = UntrustedFolder.Open(folder)!;
        while (!stop.IsCancellationRequested && (clock.Elapsed < Duration || read == 0 || refused == 0 || followed == 0))
        {
            foreach (var name in (string[])["file", "deep/file"])
            {
                using var file = untrusted.Read(name);
                var text = file is null ? null : await new StreamReader(file).ReadToEndAsync();
                (text ?? "own").ShouldBe("own");
                _ = text is null ? refused++ : read++;
                followed += UntilNow(Path.Combine(folder, name)) == "secret" ? 1 : 0;
            }

            (string.Join(',', untrusted.Names("deep")) is "" or "file").ShouldBeTrue();
        }

        await stop.CancelAsync();
        await exchanging;

        // That it was read both ways, and that looking first and opening then was led astray, shows that names were exchanged in between.
        read.ShouldBePositive();
        refused.ShouldBePositive();
        followed.ShouldBePositive();
    }

    [Fact]
    public void of_pipes_links_and_folders_none_is_opened()
    {
        File.WriteAllText(_scratch["file"], "text");
        MakePipe(_scratch["pipe"], 384).ShouldBe(0);
        File.CreateSymbolicLink(_scratch["link"], _scratch["file"]);
        Directory.CreateDirectory(_scratch["folder"]);
        using var folder = UntrustedFolder.Open(_scratch.Path)!;

        folder.Names().ShouldBe(["file", "folder", "link", "pipe"]);
        foreach (var name in (string[])["pipe", "link", "folder", "none", "../" + Path.GetFileName(_scratch.Path) + "/file"])
        {
            folder.Read(name).ShouldBeNull(name);
        }

        UntrustedFolder.ReadFile(_scratch["file"], 3).ShouldBeNull();
        UntrustedFolder.ReadFile(_scratch["file"], 4).ShouldBe("text"u8.ToArray());
        folder.Status("link")!.Value.Kind.ShouldBe(FileKind.Link);
        using var handle = File.OpenHandle(_scratch["file"]);
        FileStatus.Of(handle)!.Value.Size.ShouldBe(4);
    }

    [Fact]
    public void a_name_of_a_file_that_is_another_users_is_refused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can make another's file.");
        File.WriteAllText(_scratch["theirs"], "theirs");
        new SandboxUser(12_345).Give(_scratch["theirs"]);
        Cairn.Kernel.Files.HardLink.TryCreate(_scratch["theirs"], _scratch["name"]).ShouldBeTrue();
        using var folder = UntrustedFolder.Open(_scratch.Path)!;

        folder.Read("name").ShouldBeNull();
    }

    [Fact]
    public void the_filter_of_system_calls_ends_within_the_reach_of_its_jumps_and_names_this_machines_calls()
    {
        var filter = SeccompFilter.Build(RefusedCalls.OfThisMachine!);

        (filter.Length / 8).ShouldBeLessThan(255);
        for (var i = 0; i < filter.Length; i += 8)
        {
            ((i / 8) + 1 + Math.Max(filter[i + 2], filter[i + 3])).ShouldBeLessThanOrEqualTo(
                (filter.Length / 8) - 1 + (filter[i] == 6 ? 1 : 0)
            );
        }
    }

    [Fact]
    public void the_kernels_list_of_connections_tells_whose_a_socket_is()
    {
        string[] lines =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 111 1 0000000000000000",
            "   1: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 222 1 0000000000000000",
            "   2: 0000000000000000FFFF00000100007F:D432 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 333 1 0000000000000000",
        ];
        var server = new IPEndPoint(IPAddress.Loopback, 0x1F90);

        LoopbackSocket.Find(lines, new IPEndPoint(IPAddress.Loopback, 0xD431), server).ShouldBe(new LoopbackSocket(1000, 222));
        LoopbackSocket.Find(lines, new IPEndPoint(IPAddress.Loopback, 0xD432), server).ShouldBe(new LoopbackSocket(1001, 333));
        LoopbackSocket.Find(lines, new IPEndPoint(IPAddress.Loopback, 0xD433), server).ShouldBeNull();
    }

    /// <summary>How the uploader did it until now.</summary>
    private static string? UntilNow(string path)
    {
        try
        {
            return FileStatus.Of(path) is { Kind: FileKind.File } ? File.ReadAllText(path) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Exchange(string one, string other)
    {
        const int currentDirectory = -100;
        const uint exchange = 2;
        Rename(currentDirectory, one, currentDirectory, other, exchange).ShouldBe(0);
    }

    [DllImport("libc", EntryPoint = "renameat2")]
    private static extern int Rename(
        int oldFolder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string oldPath,
        int newFolder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string newPath,
        uint flags
    );

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
