using Cairn.Jobs.Tasks;

namespace Cairn.Jobs.Tests.Tasks;

public sealed class TaskEnvironmentTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$(A)-$(B)", "1-2")]
    [InlineData("$(C)", "$(C)")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$A ${A} $(A", "$A ${A} $(A")]
    public void references_are_expanded(string value, string expected) =>
        VariableReferences
            .Expand(
                value,
                static _ => true,
                name =>
                    name switch
                    {
                        "A" => "1",
                        "B" => "2",
                        _ => null,
                    }
            )
            .ShouldBe(expected);
}
