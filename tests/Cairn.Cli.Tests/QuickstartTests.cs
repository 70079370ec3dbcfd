using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Cairn.Testing;

namespace Cairn.Cli.Tests;

public sealed class QuickstartTests
{
    [Fact]
    public async Task it_goes_from_nothing_to_predictions_twice_and_yields_a_port_that_is_taken()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/sklearn"))
        {
            Assert.Skip("Debian's python3-sklearn is not installed.");
        }

        using var scratch = new ScratchDirectory();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString();
        string[] command =
        [
            "quickstart",
            "--once",
            "--data",
            scratch["data"],
            "--http-port",
            port,
            "--grpc-port",
            PostgresServer.FreePort().ToString(),
        ];

        var first = (await ProgramRun.OfAsync(null, command)).ShouldWork();
        first.ShouldContain($"Port {port} is taken");
        AccuracyOf(first).ShouldBeGreaterThan(0.9);
        foreach (var species in (string[])["Adelie", "Chinstrap", "Gentoo"])
        {
            first.ShouldContain($"REST: {species}  gRPC: {species}  (it is: {species})");
        }

        first.ShouldContain("models/penguins@1");
        first.ShouldContain("gcloud ai endpoints predict penguins");
        var second = (await ProgramRun.OfAsync(null, command)).ShouldWork();
        second.ShouldContain("has state of earlier runs");
        second.ShouldContain("models/penguins@2");
        second.ShouldContain("3 penguins told apart");
    }

    private static double AccuracyOf(string output) =>
        double.Parse(
            Regex.Match(output, @"accuracy on test \(\d+ penguins\): ([\d.]+)").Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture
        );
}
