using Cairn.Fuzz.Corpus;

namespace Cairn.Fuzz.Mutation;

/// <summary>Changes bytes without knowing what they are.</summary>
internal static class ByteMutator
{
    public static byte[] Mutate(byte[] bytes, Random random)
    {
        for (var count = 1 + random.Next(4); count > 0; count--)
        {
            bytes = bytes.Length == 0 ? [(byte)random.Next(256)] : Once(bytes, random);
        }

        return bytes;
    }

    private static byte[] Once(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length);
        var length = Math.Min(random.Next(1, 17), bytes.Length - at);
        switch (random.Next(8))
        {
            case 0:
                var flipped = bytes.ToArray();
                flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                var set = bytes.ToArray();
                set[at] = Words.Pick<byte>(random, 0, 0x7F, 0x80, 0xFF, 0xC0, 0xED, (byte)'"', (byte)'\\', (byte)'\n');
                return set;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 4:
                return [.. bytes[..at], .. bytes[at..(at + length)], .. bytes[at..]];
            case 5:
                var other = random.Next(bytes.Length);
                return [.. bytes[..at], .. bytes[other..Math.Min(bytes.Length, other + length)], .. bytes[at..]];
            case 6:
                return [.. bytes[..at], .. Noise(random, length), .. bytes[at..]];
            default:
                return bytes.Length < 20_000 ? [.. bytes, .. bytes] : bytes;
        }
    }

    private static byte[] Noise(Random random, int length)
    {
        var noise = new byte[length];
        random.NextBytes(noise);
        return noise;
    }
}
