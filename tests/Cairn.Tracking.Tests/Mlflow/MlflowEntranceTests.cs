using System.Net;
using Cairn.Testing;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>Who may call, told in MLflow's form.</summary>
public sealed class MlflowEntranceTests
{
    [Fact]
    public async Task a_call_without_a_token_is_refused_in_mlflows_form()
    {
        await using var server = await ServerProcess.StartAsync(arguments: ["--authentication", "on"]);
        using var nobody = new MlflowClient(server.Http);
        var refused = await nobody.Refused(HttpMethod.Post, "mlflow/runs/create", new { experiment_id = "0" });
        (refused.Status, refused.Code).ShouldBe((HttpStatusCode.Unauthorized, "UNAUTHENTICATED"));
        using var stranger = new MlflowClient(server.Http, "Bearer cairn_no-such-token");
        (await stranger.Refused(HttpMethod.Get, "mlflow/no-such-thing", null)).Code.ShouldBe("UNAUTHENTICATED");
    }
}
