using Cairn.Kernel.Errors;
using Cairn.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Cairn.Jobs.Logs.Blocks;

/// <summary>
/// <c>POST /cairn/v1/projects/{project}/locations/{location}/customJobs/{job}:appendLines</c>: what a replica of a job printed, as frames
/// of <see cref="LogBlock"/> one behind the other. It is what agents deliver the output of tasks with; other programs write entries
/// (<c>entries:write</c>).
/// </summary>
internal sealed class LogLinesDoor(LogStore store) : IDoor
{
    private const int MaxBody = 4 << 20;

    /// <summary>Each is a row, which one transaction writes. An agent joins what it sends, and stays far below.</summary>
    private const int MaxBlocks = 1000;

    public void Map(IRoutes routes) =>
        routes.Add(
            "POST",
            "/cairn/v1/projects/{project}/locations/{location}/customJobs/{job}:appendLines",
            "logging.logEntries.create",
            AppendAsync,
            MaxBody
        );

    private async Task AppendAsync(HttpContext context, RouteValues values)
    {
        var project = values["project"];
        context.RequireProject(project);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await store.WriteAsync(project, values["location"], values["job"], Read(project, body.ToArray()), context.RequestAborted);
        await context.Response.WriteAsJsonAsync(new { }, context.RequestAborted);
    }

    private static List<LogBlock> Read(string project, ReadOnlyMemory<byte> body)
    {
        var blocks = new List<LogBlock>();
        try
        {
            while (LogBlock.TryReadFrame(body) is { } frame)
            {
                _ = LogName.Parse($"projects/{project}/logs/{frame.Block.Source}");
                blocks.Add(frame.Block);
                if (blocks.Count > MaxBlocks)
                {
                    throw StatusException.InvalidArgument(
                        $"The body has more than {MaxBlocks} frames; send those behind them in a call of their own."
                    );
                }

                body = body[frame.Length..];
            }
        }
        catch (InvalidDataException error)
        {
            throw StatusException.InvalidArgument(error.Message);
        }

        return body.Length == 0 ? blocks : throw StatusException.InvalidArgument("The last frame of the body is not whole.");
    }
}
