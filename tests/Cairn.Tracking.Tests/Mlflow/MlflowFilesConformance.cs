using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Tracking.Tests.Mlflow;

/// <summary>Files of runs, as MLflow's clients put them and read them: whole and in parts.</summary>
public abstract class MlflowFilesConformance(MlflowServer server) : MlflowTests(server)
{
    [Fact]
    public async Task a_large_file_comes_in_parts_and_is_one()
    {
        var run = await Run(Name());
        var folder = ((string)run["info"]!["artifact_uri"]!)["mlflow-artifacts:/".Length..] + "/model";
        var made = await Mlflow.Post($"mlflow-artifacts/mpu/create/{folder}", new { path = "/home/ada/weights.bin", num_parts = 3 });
        var upload = (string)made["upload_id"]!;
        var tags = new List<object>();
        using var plain = new HttpClient();
        foreach (var credential in made["credentials"]!.AsArray().Reverse())
        {
            var number = (int)credential!["part_number"]!;
            using var put = await plain.PutAsync(
                (string)credential["url"]!,
                new ByteArrayContent([.. Enumerable.Repeat((byte)number, 100_000 + number)])
            );
            put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync());
            tags.Insert(
                0,
                new
                {
                    part_number = number,
                    etag = put.Headers.ETag!.Tag,
                    url = (string)credential["url"]!,
                }
            );
        }

        (
            await Mlflow.Refused(
                HttpMethod.Post,
                $"mlflow-artifacts/mpu/complete/{folder}",
                new
                {
                    path = "/home/ada/weights.bin",
                    upload_id = upload,
                    parts = tags[1..],
                }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        (
            await Mlflow.Refused(
                HttpMethod.Post,
                $"mlflow-artifacts/mpu/complete/{folder}",
                new
                {
                    path = "other.bin",
                    upload_id = upload,
                    parts = tags,
                }
            )
        ).Code.ShouldBe("INVALID_PARAMETER_VALUE");
        await Mlflow.Post(
            $"mlflow-artifacts/mpu/complete/{folder}",
            new
            {
                path = "/home/ada/weights.bin",
                upload_id = upload,
                parts = tags,
            }
        );
        using var whole = await Mlflow.Send(HttpMethod.Get, $"mlflow-artifacts/artifacts/{folder}/weights.bin", null);
        (await whole.Content.ReadAsByteArrayAsync()).ShouldBe([
            .. Enumerable.Range(1, 3).SelectMany(static number => Enumerable.Repeat((byte)number, 100_000 + number)),
        ]);
        (
            await Mlflow.Refused(
                HttpMethod.Post,
                $"mlflow-artifacts/mpu/complete/{folder}",
                new
                {
                    path = "/home/ada/weights.bin",
                    upload_id = upload,
                    parts = tags,
                }
            )
        ).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Mlflow.Get("mlflow-artifacts/artifacts", ("path", ".mlflow-multipart")))["files"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task an_upload_in_parts_that_is_aborted_leaves_nothing_and_another_project_cannot_touch_it()
    {
        var run = await Run(Name());
        var folder = ((string)run["info"]!["artifact_uri"]!)["mlflow-artifacts:/".Length..];
        var made = await Mlflow.Post($"mlflow-artifacts/mpu/create/{folder}", new { path = "f", num_parts = 1 });
        var upload = (string)made["upload_id"]!;
        using var other = new MlflowClient(Server.Http + "/projects/other/locations/us-central1");
        using (var refused = await other.Send(HttpMethod.Put, $"mlflow-artifacts/mpu/part/{upload}/1", new StringContent("x")))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        using (var put = await Mlflow.Send(HttpMethod.Put, $"mlflow-artifacts/mpu/part/{upload}/1", new StringContent("x")))
        {
            put.EnsureSuccessStatusCode();
        }

        using (var beyond = await Mlflow.Send(HttpMethod.Put, $"mlflow-artifacts/mpu/part/{upload}/2", new StringContent("x")))
        {
            beyond.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        await Mlflow.Post($"mlflow-artifacts/mpu/abort/{folder}", new { path = "f", upload_id = upload });
        (await Mlflow.Get("mlflow-artifacts/artifacts", ("path", $".mlflow-multipart/{upload}")))["files"]!.AsArray().ShouldBeEmpty();
        (await Mlflow.Get("mlflow-artifacts/artifacts", ("path", folder)))["files"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task artifacts_are_put_listed_and_read_through_the_server_and_are_objects_of_a_bucket()
    {
        var run = await Run(Name());
        var (id, experiment) = ((string)run["info"]!["run_id"]!, (string)run["info"]!["experiment_id"]!);
        var big = new byte[20_000_000];
        new Random(7).NextBytes(big);
        await Put($"{experiment}/{id}/artifacts/model/MLmodel", Encoding.UTF8.GetBytes("flavors: {}\n"));
        await Put($"{experiment}/{id}/artifacts/model/data/weights é.bin", big);
        await Put($"{experiment}/{id}/artifacts/note.txt", [1, 2, 3]);
        (await Mlflow.Get("mlflow/artifacts/list", ("run_id", id)))["files"]!
            .ToJsonString()
            .ShouldBe("""[{"path":"model","is_dir":true},{"path":"note.txt","is_dir":false,"file_size":3}]""");
        (await Mlflow.Get("mlflow/artifacts/list", ("run_id", id), ("path", "model")))["files"]!
            .ToJsonString()
            .ShouldBe("""[{"path":"model/MLmodel","is_dir":false,"file_size":12},{"path":"model/data","is_dir":true}]""");
        (await Mlflow.Get("mlflow-artifacts/artifacts", ("path", $"{experiment}/{id}/artifacts/model")))["files"]!
            .ToJsonString()
            .ShouldBe("""[{"path":"MLmodel","is_dir":false,"file_size":12},{"path":"data","is_dir":true}]""");
        (await Bytes($"mlflow-artifacts/artifacts/{experiment}/{id}/artifacts/model/data/weights%20%C3%A9.bin")).ShouldBe(big);
        (await Bytes($"//get-artifact?run_uuid={id}&path=note.txt")).ShouldBe([1, 2, 3]);
        (
            await Bytes($"//storage/v1/b/demo-mlflow-artifacts/o/{Uri.EscapeDataString($"{experiment}/{id}/artifacts/note.txt")}?alt=media")
        ).ShouldBe([1, 2, 3]);
        using var deleted = await Mlflow.Send(HttpMethod.Delete, $"mlflow-artifacts/artifacts/{experiment}/{id}/artifacts/model", null);
        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Mlflow.Get("mlflow/artifacts/list", ("run_id", id)))["files"]!.AsArray().Count.ShouldBe(1);
    }

    private async Task Put(string path, byte[] content)
    {
        using var response = await Mlflow.Send(
            HttpMethod.Put,
            $"mlflow-artifacts/artifacts/{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}",
            new ByteArrayContent(content)
        );
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }

    private async Task<byte[]> Bytes(string path)
    {
        using var response = await Mlflow.Send(HttpMethod.Get, path, null);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadAsByteArrayAsync();
    }
}

public sealed class MlflowFilesOnSqlite(SqliteMlflowServer server) : MlflowFilesConformance(server), IClassFixture<SqliteMlflowServer>;

public sealed class MlflowFilesOnPostgreSql(PostgresMlflowServer server)
    : MlflowFilesConformance(server),
        IClassFixture<PostgresMlflowServer>;
