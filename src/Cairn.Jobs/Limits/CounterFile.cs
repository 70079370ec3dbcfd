using System.Globalization;
using System.Text;

namespace Cairn.Jobs.Limits;

/// <summary>Files of the kernel's that hold a name and a number on each line, or take a value.</summary>
internal static class CounterFile
{
    /// <summary>The number behind a name; null where there is no such file or line.</summary>
    public static long? Read(string path, string name)
    {
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                if (
                    line.Split(' ') is [var found, var value]
                    && found == name
                    && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                )
                {
                    return number;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No such counter on this machine.
        }

        return null;
    }

    /// <summary>Writes a value at once, as the kernel asks for.</summary>
    /// <exception cref="IOException">The kernel refuses it.</exception>
    public static void Write(string path, string value)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(Encoding.ASCII.GetBytes(value));
    }

    /// <inheritdoc cref="Write(string, string)"/>
    public static void Write(string path, long value) => Write(path, value.ToString(CultureInfo.InvariantCulture));
}
