using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cairn.Bench.Peers;

/// <summary>The least that ASP.NET Core can be: the limit of how fast a server can start.</summary>
internal static class BareHost
{
    public static async Task RunAsync(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        await using var application = builder.Build();
        application.Run(static context => context.Response.WriteAsync("ok"));
        await application.RunAsync();
    }
}
