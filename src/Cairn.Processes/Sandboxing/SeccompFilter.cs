using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Cairn.Processes.Interop;

namespace Cairn.Processes.Sandboxing;

/// <summary>
/// The filter of system calls that bubblewrap installs before a program starts: a program for the kernel's packet filter
/// (<c>seccomp(2)</c>, <c>struct sock_filter</c>). What is refused fails with EPERM; calls by another architecture's numbers, and
/// <c>clone3</c>, whose flags a filter cannot see, with ENOSYS, for which C libraries have another way.
/// </summary>
internal static unsafe class SeccompFilter
{
    private const ushort Load = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private const ushort IfEqual = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort IfAtLeast = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    private const ushort IfAnyBit = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    private const ushort Return = 0x06; // BPF_RET | BPF_K

    private const uint Allow = 0x7FFF0000;
    private const uint Error = 0x00050000;
    private const uint NotPermitted = 1;
    private const uint NoSuchCall = 38;

    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint FirstArgument = 16;
    private const uint SecondArgument = 24;

    private const uint Clone3 = 435;
    private const uint OtherNumbering = 0x4000_0000; // __X32_SYSCALL_BIT
    private const uint NewUserNamespace = 0x1000_0000;
    private const uint TypeIntoTerminal = 0x5412; // TIOCSTI
    private const uint PasteIntoConsole = 0x541C; // TIOCLINUX
    private const uint KernelCrypto = 38; // AF_ALG
    private const uint HostOfMachine = 40; // AF_VSOCK

    private static readonly Lazy<int?> Memory = new(static () => RefusedCalls.OfThisMachine is { } calls ? Keep(Build(calls)) : null);

    /// <summary>
    /// Opens the filter so that the programs which this process starts find it open, until it is disposed. Null where the machine's calls
    /// are not known. Each opening has a position of its own.
    /// </summary>
    public static InheritedFile? Open() => Memory.Value is { } memory ? InheritedFile.Open($"/proc/self/fd/{memory}") : null;

    /// <summary>The filter's instructions, eight bytes each.</summary>
    internal static byte[] Build(RefusedCalls calls)
    {
        // Where a check jumps to is known when all are: the last three instructions.
        List<(ushort Code, Target Yes, Target No, uint Value)> program =
        [
            (Load, Target.Next, Target.Next, ArchitectureOffset),
            (IfEqual, Target.Next, Target.Missing, calls.Machine),
            (Load, Target.Next, Target.Next, NumberOffset),
            (IfAtLeast, Target.Missing, Target.Next, OtherNumbering),
            (IfEqual, Target.Missing, Target.Next, Clone3),
            .. calls.Refused.Select(static number => (IfEqual, Target.Refuse, Target.Next, number)),
            .. When(calls.CloneCall, FirstArgument, (IfAnyBit, NewUserNamespace)),
            .. When(calls.IoctlCall, SecondArgument, (IfEqual, TypeIntoTerminal), (IfEqual, PasteIntoConsole)),
            .. When(calls.SocketCall, FirstArgument, (IfEqual, KernelCrypto), (IfEqual, HostOfMachine)),
            (Return, Target.Next, Target.Next, Allow),
            (Return, Target.Next, Target.Next, Error | NotPermitted),
            (Return, Target.Next, Target.Next, Error | NoSuchCall),
        ];
        var bytes = new byte[program.Count * 8];
        for (var i = 0; i < program.Count; i++)
        {
            var (code, yes, no, value) = program[i];
            var to = bytes.AsSpan(i * 8);
            BinaryPrimitives.WriteUInt16LittleEndian(to, code);
            to[2] = Distance(yes, i, program.Count);
            to[3] = Distance(no, i, program.Count);
            BinaryPrimitives.WriteUInt32LittleEndian(to[4..], value);
        }

        return bytes;
    }

    /// <summary>Of one call, looks at an argument: it is refused where a check holds, and allowed else. The checks are skipped for other
    /// calls.</summary>
    private static IEnumerable<(ushort, Target, Target, uint)> When(
        uint number,
        uint argument,
        params (ushort Code, uint Value)[] checks
    ) =>
        [
            (IfEqual, Target.Next, (Target)(checks.Length + 2), number),
            (Load, Target.Next, Target.Next, argument),
            .. checks.Select(static check => (check.Code, Target.Refuse, Target.Next, check.Value)),
            (Return, Target.Next, Target.Next, Allow),
        ];

    private static byte Distance(Target target, int from, int count) =>
        target switch
        {
            Target.Refuse => checked((byte)(count - 2 - from - 1)),
            Target.Missing => checked((byte)(count - 1 - from - 1)),
            _ => (byte)target,
        };

    private static int Keep(byte[] filter)
    {
        const uint closeOnExec = 1;
        var memory = Libc.MemoryFile("seccomp", closeOnExec);
        fixed (byte* bytes = filter)
        {
            if (memory < 0 || Libc.Write(memory, bytes, (nuint)filter.Length) != filter.Length)
            {
                throw new IOException($"The filter of system calls cannot be kept in memory: {Marshal.GetLastPInvokeErrorMessage()}.");
            }
        }

        return memory;
    }

    /// <summary>How many instructions are skipped; or the end that a check leads to.</summary>
    private enum Target
    {
        Next = 0,
        Refuse = 1_000,
        Missing = 1_001,
    }
}
