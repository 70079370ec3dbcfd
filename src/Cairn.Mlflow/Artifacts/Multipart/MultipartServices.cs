using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Mlflow.Artifacts.Multipart;

/// <summary>Composition of uploads in parts.</summary>
internal static class MultipartServices
{
    public static IServiceCollection AddMultipart(this IServiceCollection services) =>
        services.AddSingleton(MultipartTables.Migrations).AddSingleton<MultipartUploads>().AddSingleton<IMlflowCalls, MultipartCalls>();
}
