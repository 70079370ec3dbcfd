using Cairn.Cli.Shell;

namespace Cairn.Cli.Tests;

public sealed class LifetimeTests
{
    [Theory]
    [InlineData("90d", 90 * 86400)]
    [InlineData("12h", 43200)]
    [InlineData("1.5m", 90)]
    [InlineData("45s", 45)]
    public void a_number_and_a_unit_are_a_lifetime(string text, double seconds) =>
        Lifetime.Parse("--ttl", text).TotalSeconds.ShouldBe(seconds);

    [Theory]
    [InlineData("")]
    [InlineData("90")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("0s")]
    [InlineData("99999999d")]
    public void anything_else_is_wrong_usage(string text) =>
        Should.Throw<CliException>(() => Lifetime.Parse("--ttl", text)).ExitCode.ShouldBe(ExitCode.Usage);
}
