using System.Text.Unicode;
using Cairn.Kernel.Errors;
using Cairn.Kernel.Rpc.Json;
using Google.Protobuf.Reflection;

namespace Cairn.Kernel.Rpc;

/// <summary>
/// What the runtime's reader lets pass of a message in wire form: it makes replacement characters of bytes that are not UTF-8, and takes
/// times and durations that lie outside of what their types allow, where the reader of JSON refuses both. The message has been parsed, so
/// that it is well-formed.
/// </summary>
internal static class WireChecks
{
    private const long MinSeconds = -62_135_596_800; // 0001-01-01
    private const long MaxSeconds = 253_402_300_799; // 9999-12-31
    private const long MaxDuration = 315_576_000_000; // 10,000 years
    private const int Second = 1_000_000_000;

    /// <exception cref="StatusException">INVALID_ARGUMENT naming the field.</exception>
    public static void Require(MessageDescriptor descriptor, ReadOnlySpan<byte> bytes)
    {
        try
        {
            Walk(JsonShape.Of(descriptor), bytes);
        }
        catch (InvalidDataException error)
        {
            throw StatusException.InvalidArgument($"The message is not a {descriptor.Name}: {error.Message}");
        }
    }

    private static void Walk(JsonShape shape, ReadOnlySpan<byte> bytes)
    {
        switch (shape.FullName)
        {
            case "google.protobuf.Timestamp":
                RequireTime(bytes);
                return;
            case "google.protobuf.Duration":
                RequireDuration(bytes);
                return;
        }

        var reader = new WireReader(bytes);
        while (!reader.AtEnd)
        {
            var (number, form) = reader.Tag();
            if (form == WireReader.Delimiter && shape.Field(number) is { Type: FieldType.String or FieldType.Message } field)
            {
                var value = reader.Delimited();
                if (field.Type == FieldType.Message)
                {
                    Walk(field.Message, value);
                }
                else if (!Utf8.IsValid(value))
                {
                    throw StatusException.InvalidArgument($"`{field.Name}` is not UTF-8.");
                }
            }
            else
            {
                reader.Skip(form);
            }
        }
    }

    private static void RequireTime(ReadOnlySpan<byte> bytes)
    {
        var (seconds, nanos) = WellKnownJson.SecondsAndNanos(bytes);
        if (seconds is < MinSeconds or > MaxSeconds || nanos is < 0 or >= Second)
        {
            throw StatusException.InvalidArgument(
                $"A time of the message is {seconds} s and {nanos} ns since 1970; it must lie in the years 1 to 9999, with 0 to 999999999 ns."
            );
        }
    }

    private static void RequireDuration(ReadOnlySpan<byte> bytes)
    {
        var (seconds, nanos) = WellKnownJson.SecondsAndNanos(bytes);
        if (
            seconds is < -MaxDuration or > MaxDuration
            || nanos is <= -Second or >= Second
            || (seconds < 0 && nanos > 0)
            || (seconds > 0 && nanos < 0)
        )
        {
            throw StatusException.InvalidArgument(
                $"A duration of the message is {seconds} s and {nanos} ns; it must be at most {MaxDuration} s either way, with nanoseconds of the same sign."
            );
        }
    }
}
