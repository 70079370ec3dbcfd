using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cairn.Kernel.Checksums;

/// <summary>
/// The remainder of CRC-32C without the complements at start and end. Long data are summed in three lanes at once, because the processor's
/// instruction waits three cycles for its own result.
/// </summary>
internal static class Crc32CRemainder
{
    private const int Lane = 4096;

    /// <summary>The remainder after more bytes.</summary>
    public static uint Of(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 3 * Lane)
        {
            crc = ThreeLanes(crc, bytes);
            bytes = bytes[(3 * Lane)..];
        }

        return Tail(crc, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Tail(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref var at = ref MemoryMarshal.GetReference(bytes);
        var length = bytes.Length;
        while (length >= 8)
        {
            crc = BitOperations.Crc32C(crc, Read<ulong>(ref at, 0));
            at = ref Unsafe.Add(ref at, 8);
            length -= 8;
        }

        if ((length & 4) != 0)
        {
            crc = BitOperations.Crc32C(crc, Read<uint>(ref at, 0));
            at = ref Unsafe.Add(ref at, 4);
        }

        if ((length & 2) != 0)
        {
            crc = BitOperations.Crc32C(crc, Read<ushort>(ref at, 0));
            at = ref Unsafe.Add(ref at, 2);
        }

        return (length & 1) != 0 ? BitOperations.Crc32C(crc, at) : crc;
    }

    private static uint ThreeLanes(uint crc, ReadOnlySpan<byte> bytes)
    {
        ref var at = ref MemoryMarshal.GetReference(bytes[..(3 * Lane)]);
        uint first = crc,
            second = 0,
            third = 0;
        for (var i = 0; i < Lane; i += 8)
        {
            first = BitOperations.Crc32C(first, Read<ulong>(ref at, i));
            second = BitOperations.Crc32C(second, Read<ulong>(ref at, i + Lane));
            third = BitOperations.Crc32C(third, Read<ulong>(ref at, i + (2 * Lane)));
        }

        return Zeros.Shift(Zeros.Shift(first) ^ second) ^ third;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Read<T>(ref byte from, int offset)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref from, offset));

    /// <summary>What a lane's length of zero bytes makes of a remainder: linear over its bits, so four tables of 256 do it.</summary>
    private static class Zeros
    {
        private static readonly uint[] Table = Make();

        public static uint Shift(uint crc) =>
            Table[crc & 0xFF] ^ Table[256 + ((crc >> 8) & 0xFF)] ^ Table[512 + ((crc >> 16) & 0xFF)] ^ Table[768 + (crc >> 24)];

        private static uint[] Make()
        {
            var table = new uint[1024];
            for (var bit = 0; bit < 32; bit++)
            {
                var crc = 1u << bit;
                for (var i = 0; i < Lane; i += 8)
                {
                    crc = BitOperations.Crc32C(crc, 0UL);
                }

                var (quarter, mask) = (bit / 8 * 256, 1 << (bit % 8));
                for (var value = 0; value < 256; value++)
                {
                    table[quarter + value] ^= (value & mask) != 0 ? crc : 0;
                }
            }

            return table;
        }
    }
}
