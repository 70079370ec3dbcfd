using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Cairn.Datasets.Splits;

/// <summary>
/// <c>Fingerprint64</c> of Google's FarmHash, which BigQuery calls <c>FARM_FINGERPRINT</c>: 64 bits that depend on the bytes alone and
/// never change. The algorithm is
/// <c>farmhashna::Hash64</c> (github.com/google/farmhash): one mixing for each of four classes of length, and 64 bytes at a time above.
/// </summary>
public static class FarmFingerprint
{
    private const ulong K0 = 0xc3a5c85c97cb3127;
    private const ulong K1 = 0xb492b66fbe98f273;
    private const ulong K2 = 0x9ae16a3b2f90404f;
    private const ulong Seed = 81;
    private const int Block = 64;

    /// <summary>The fingerprint of a text's UTF-8, signed as BigQuery gives it.</summary>
    public static long Of(string text)
    {
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = size <= 512 ? stackalloc byte[size] : new byte[size];
        return Of(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    /// <summary>The fingerprint of bytes, signed as BigQuery gives it.</summary>
    public static long Of(ReadOnlySpan<byte> bytes) => unchecked((long)Hash(bytes));

    /// <summary>What BigQuery computes for <c>MOD(ABS(fingerprint), buckets)</c>, from 0 to <paramref name="buckets"/> - 1.</summary>
    public static long Bucket(long fingerprint, long buckets) =>
        // The least integer has no absolute value in 64 signed bits; here it does.
        (long)((fingerprint < 0 ? unchecked((ulong)-fingerprint) : (ulong)fingerprint) % (ulong)buckets);

    private static ulong Hash(ReadOnlySpan<byte> s) =>
        s.Length switch
        {
            <= 16 => UpTo16(s),
            <= 32 => UpTo32(s),
            <= Block => UpTo64(s),
            _ => Long(s),
        };

    private static ulong UpTo16(ReadOnlySpan<byte> s)
    {
        var length = (ulong)s.Length;
        if (s.Length >= 8)
        {
            var mul = K2 + (length * 2);
            var a = Fetch(s) + K2;
            var b = Fetch(s[^8..]);
            var c = (Rotate(b, 37) * mul) + a;
            var d = (Rotate(a, 25) + b) * mul;
            return Mix(c, d, mul);
        }

        if (s.Length >= 4)
        {
            ulong first = BinaryPrimitives.ReadUInt32LittleEndian(s);
            ulong last = BinaryPrimitives.ReadUInt32LittleEndian(s[^4..]);
            return Mix(length + (first << 3), last, K2 + (length * 2));
        }

        if (s.Length == 0)
        {
            return K2;
        }

        var y = s[0] + ((uint)s[s.Length >> 1] << 8);
        var z = (uint)s.Length + ((uint)s[^1] << 2);
        return ShiftMix((y * K2) ^ (z * K0)) * K2;
    }

    private static ulong UpTo32(ReadOnlySpan<byte> s)
    {
        var mul = K2 + ((ulong)s.Length * 2);
        var a = Fetch(s) * K1;
        var b = Fetch(s[8..]);
        var c = Fetch(s[^8..]) * mul;
        var d = Fetch(s[^16..]) * K2;
        return Mix(Rotate(a + b, 43) + Rotate(c, 30) + d, a + Rotate(b + K2, 18) + c, mul);
    }

    private static ulong UpTo64(ReadOnlySpan<byte> s)
    {
        var mul = K2 + ((ulong)s.Length * 2);
        var a = Fetch(s) * K2;
        var b = Fetch(s[8..]);
        var c = Fetch(s[^8..]) * mul;
        var d = Fetch(s[^16..]) * K2;
        var y = Rotate(a + b, 43) + Rotate(c, 30) + d;
        var z = Mix(y, a + Rotate(b + K2, 18) + c, mul);
        var e = Fetch(s[16..]) * mul;
        var f = Fetch(s[24..]);
        var g = (y + Fetch(s[^32..])) * mul;
        var h = (z + Fetch(s[^24..])) * mul;
        return Mix(Rotate(e + f, 43) + Rotate(g, 30) + h, e + Rotate(f + a, 18) + g, mul);
    }

    private static ulong Long(ReadOnlySpan<byte> s)
    {
        var y = unchecked((Seed * K1) + 113);
        var z = ShiftMix((y * K2) + 113) * K2;
        var x = unchecked(Seed * K2) + Fetch(s);
        (ulong First, ulong Second) v = (0, 0);
        (ulong First, ulong Second) w = (0, 0);

        // The last block, whole or not, is mixed apart: as the last 64 bytes.
        var blocks = (s.Length - 1) / Block;
        for (var i = 0; i < blocks; i++)
        {
            Step(s[(i * Block)..], K1, 1, ref x, ref y, ref z, ref v, ref w);
        }

        var mul = K1 + ((z & 0xff) << 1);
        w.First += (ulong)((s.Length - 1) & (Block - 1));
        v.First += w.First;
        w.First += v.First;
        Step(s[^Block..], mul, 9, ref x, ref y, ref z, ref v, ref w);
        return Mix(Mix(v.First, w.First, mul) + (ShiftMix(y) * K0) + z, Mix(v.Second, w.Second, mul) + x, mul);
    }

    private static void Step(
        ReadOnlySpan<byte> s,
        ulong mul,
        ulong weight,
        ref ulong x,
        ref ulong y,
        ref ulong z,
        ref (ulong First, ulong Second) v,
        ref (ulong First, ulong Second) w
    )
    {
        x = Rotate(x + y + v.First + Fetch(s[8..]), 37) * mul;
        y = Rotate(y + v.Second + Fetch(s[48..]), 42) * mul;
        x ^= w.Second * weight;
        y += (v.First * weight) + Fetch(s[40..]);
        z = Rotate(z + w.First, 33) * mul;
        v = Weak(s, v.Second * mul, x + w.First);
        w = Weak(s[32..], z + w.Second, y + Fetch(s[16..]));
        (z, x) = (x, z);
    }

    private static (ulong First, ulong Second) Weak(ReadOnlySpan<byte> s, ulong a, ulong b)
    {
        var last = Fetch(s[24..]);
        a += Fetch(s);
        b = Rotate(b + a + last, 21);
        var c = a;
        a += Fetch(s[8..]);
        a += Fetch(s[16..]);
        b += Rotate(a, 44);
        return (a + last, b + c);
    }

    private static ulong Mix(ulong u, ulong v, ulong mul)
    {
        var a = ShiftMix((u ^ v) * mul);
        return ShiftMix((v ^ a) * mul) * mul;
    }

    private static ulong ShiftMix(ulong value) => value ^ (value >> 47);

    private static ulong Rotate(ulong value, int bits) => BitOperations.RotateRight(value, bits);

    private static ulong Fetch(ReadOnlySpan<byte> s) => BinaryPrimitives.ReadUInt64LittleEndian(s);
}
