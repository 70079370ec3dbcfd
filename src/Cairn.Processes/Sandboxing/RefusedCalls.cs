using System.Runtime.InteropServices;

namespace Cairn.Processes.Sandboxing;

/// <summary>
/// The numbers of the system calls that no program in a sandbox makes: those that mount, load code into the kernel or replace it, watch
/// the whole machine, reach keyrings, or open namespaces and files by other ways than names (Linux's <c>asm/unistd_64.h</c> and
/// <c>asm-generic/unistd.h</c>).
/// </summary>
/// <param name="Machine">The kernel's name of the architecture, <c>AUDIT_ARCH_…</c>.</param>
/// <param name="CloneCall">Its number of <c>clone</c>, which is refused for new user namespaces only.</param>
/// <param name="IoctlCall">Its number of <c>ioctl</c>, which is refused where it types into a terminal.</param>
/// <param name="SocketCall">Its number of <c>socket</c>, which is refused for families that reach the kernel or the host.</param>
/// <param name="Refused">Those that are refused whatever their arguments are.</param>
internal sealed record RefusedCalls(uint Machine, uint CloneCall, uint IoctlCall, uint SocketCall, IReadOnlyList<uint> Refused)
{
    /// <summary>From 424 on, calls have the same number everywhere: io_uring (425–427), the calls that mount (428–433, 442, 467),
    /// quotactl_fd.</summary>
    private static readonly uint[] Everywhere = [425, 426, 427, 428, 429, 430, 431, 432, 433, 442, 443, 467];

    private static readonly RefusedCalls X64 = new(
        0xC000003E,
        CloneCall: 56,
        IoctlCall: 16,
        SocketCall: 41,
        [
            165,
            166,
            155,
            161, // mount, umount2, pivot_root, chroot
            175,
            313,
            176,
            246,
            320,
            169, // init_module, finit_module, delete_module, kexec_load, kexec_file_load, reboot
            321,
            298,
            323,
            103,
            212, // bpf, perf_event_open, userfaultfd, syslog, lookup_dcookie
            248,
            249,
            250, // add_key, request_key, keyctl
            272,
            308,
            304, // unshare, setns, open_by_handle_at
            167,
            168,
            163,
            179,
            180, // swapon, swapoff, acct, quotactl, nfsservctl
            164,
            227,
            153,
            172,
            173, // settimeofday, clock_settime, vhangup, iopl, ioperm
            .. Everywhere,
        ]
    );

    private static readonly RefusedCalls Arm64 = new(
        0xC00000B7,
        CloneCall: 220,
        IoctlCall: 29,
        SocketCall: 198,
        [
            40,
            39,
            41,
            51,
            105,
            273,
            106,
            104,
            294,
            142,
            280,
            241,
            282,
            116,
            18,
            217,
            218,
            219,
            97,
            268,
            265,
            224,
            225,
            89,
            60,
            42,
            170,
            112,
            58,
            .. Everywhere,
        ]
    );

    /// <summary>Those of this machine, or null where its numbers are not known.</summary>
    public static RefusedCalls? OfThisMachine =>
        RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => X64,
            Architecture.Arm64 => Arm64,
            _ => null,
        };
}
