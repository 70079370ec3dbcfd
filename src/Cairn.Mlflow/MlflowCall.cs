using System.Buffers;
using System.Text.Json;
using Cairn.Kernel.Http;
using Cairn.Tracking.Runs;
using Microsoft.AspNetCore.Http;

namespace Cairn.Mlflow;

/// <summary>One request: whose project it belongs to, its arguments, and its answer.</summary>
public sealed class MlflowCall(HttpContext http, RouteValues values)
{
    private static readonly JsonWriterOptions Output = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public HttpContext Http => http;

    public CancellationToken Cancellation => http.RequestAborted;

    /// <summary>
    /// The project that the call is confined to: the path's or the token's. Null where it is the default by want of another, and ids of any
    /// project are good.
    /// </summary>
    public string? Confined => values.Find("project") ?? http.Caller().Project;

    /// <summary>Where names are looked up, and new things are made.</summary>
    public string Project
    {
        get
        {
            var project = Confined ?? DefaultExperiment.Project;
            http.RequireProject(project);
            return project;
        }
    }

    public string Location => values.Find("location") ?? DefaultExperiment.Location;

    /// <summary>A variable of the path.</summary>
    public string Path(string name) => values[name];

    /// <summary>Refuses what lies in another project than the call is confined to.</summary>
    public bool Sees(string project) =>
        (Confined is not { } own || own == project) && (http.Caller().Project is not { } bound || bound == project);

    /// <summary>The call's arguments: of a GET the query's, of others the body's, where the body is absent the query's.</summary>
    public async Task<MlflowArguments> ArgumentsAsync()
    {
        var body = await BodyAsync();
        return body.IsEmpty ? new MlflowArguments(http.Request.Query) : MlflowArguments.Parse(body, http.Request.Query);
    }

    /// <summary>The whole body, in memory of this call.</summary>
    public async Task<ReadOnlyMemory<byte>> BodyAsync()
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(Cancellation);
            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Answers with a JSON object whose members <paramref name="write"/> writes.</summary>
    public async Task AnswerAsync(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        await using (var json = new Utf8JsonWriter(buffer, Output))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, Cancellation);
    }

    /// <summary>Answers <c>{}</c>.</summary>
    public Task DoneAsync()
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = 2;
        return http.Response.BodyWriter.WriteAsync("{}"u8.ToArray(), Cancellation).AsTask();
    }
}
