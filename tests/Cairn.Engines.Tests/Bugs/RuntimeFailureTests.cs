using Cairn.Engines.OnnxRuntime;

namespace Cairn.Engines.Tests.Bugs;

/// <summary>What the runtime throws was its own exception in places, of which callers know nothing.</summary>
public sealed class RuntimeFailureTests
{
    [Theory]
    [InlineData(OnnxElementType.Float, new long[] { -1, 3 })]
    [InlineData(OnnxElementType.String, new long[] { -1, 3 })]
    [InlineData(OnnxElementType.Float, new[] { long.MaxValue, 2L })]
    public void a_shape_that_cannot_be_is_an_OnnxException(OnnxElementType type, long[] shape) =>
        Should.Throw<OnnxException>(() => OnnxValue.Tensor(type, shape).Dispose());

    [Fact]
    public void what_a_value_does_not_have_is_an_OnnxException()
    {
        using var numbers = OnnxValue.Tensor(OnnxElementType.Float, 2);
        using var strings = OnnxValue.Tensor(OnnxElementType.String, 1);

        Should.Throw<OnnxException>(numbers.Strings);
        Should.Throw<OnnxException>(() => numbers.SetStrings(["a"]));
        Should.Throw<OnnxException>(() => strings.SetStrings(["a", "b"]));
        Should.Throw<OnnxException>(() => numbers.ItemCount());
        Should.Throw<OnnxException>(() => numbers.Item(0));
    }
}
