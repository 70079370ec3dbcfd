using System.Buffers;
using System.Text;
using System.Text.Json;
using Cairn.Kernel.Rpc;
using Cairn.Kernel.Rpc.Json;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Tests.Rpc;

public sealed class MessageJsonTests
{
    private static readonly JsonFormatter Reference = new(JsonFormatter.Settings.Default.WithTypeRegistry(AnyTypes.All));

    [Fact]
    public void every_message_of_the_contracts_is_written_as_the_runtime_writes_it()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var messages = new RandomMessages(new Random(seed));
        var written = 0;
        foreach (var descriptor in ContractFiles.All.SelectMany(static file => file.MessageTypes).SelectMany(WithNested))
        {
            for (var time = 0; time < 3; time++)
            {
                var message = messages.Make(descriptor);
                var (ours, theirs) = (Write(message), Reference.Format(message));
                Same(ours, theirs).ShouldBeTrue($"seed {seed}, {descriptor.FullName}:\n{ours}\n{theirs}");
                written++;
            }
        }

        written.ShouldBeGreaterThan(3_000);
    }

    [Fact]
    public void text_is_kept_as_it_is_but_for_what_json_must_escape() =>
        Write(new Model { DisplayName = "Ä <b> ☃ \"q\" \\ \n" }).ShouldBe("""{"displayName":"Ä <b> ☃ \"q\" \\ \n"}""");

    [Fact]
    public void what_json_has_no_form_for_is_written_and_does_not_fail()
    {
        Write(Any.Pack(new Empty())).ShouldBe("""{"@type":"type.googleapis.com/google.protobuf.Empty","value":{}}""");
        Write(new Any { TypeUrl = "type.example.com/no.such.Type", Value = ByteString.CopyFromUtf8("x") })
            .ShouldBe("""{"@type":"type.example.com/no.such.Type","value":"eA=="}""");
        Write(new Timestamp { Seconds = long.MaxValue, Nanos = -1 }).ShouldBe("\"9999-12-31T23:59:59Z\"");
        Write(new Value()).ShouldBe("null");
        Write(Value.ForNumber(double.NaN)).ShouldBe("\"NaN\"");
    }

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor descriptor) =>
        descriptor.GetOptions()?.MapEntry == true ? [] : descriptor.NestedTypes.SelectMany(WithNested).Prepend(descriptor);

    private static string Write(IMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        MessageJson.Write(buffer, message);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static bool Same(string left, string right)
    {
        using var one = JsonDocument.Parse(left);
        using var other = JsonDocument.Parse(right);
        return JsonElement.DeepEquals(one.RootElement, other.RootElement);
    }
}
