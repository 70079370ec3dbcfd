using Cairn.Kernel.Http;
using Cairn.Kernel.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Security;

/// <summary>Identities and their tokens.</summary>
public static class SecurityServices
{
    /// <param name="services">Where to register.</param>
    /// <param name="authenticationRequired">Whether a request without a known token is refused.</param>
    public static IServiceCollection AddSecurity(this IServiceCollection services, bool authenticationRequired)
    {
        services.AddSingleton(TokenStore.Migrations);
        services.AddSingleton<TokenStore>();
        services.AddSingleton<TokenCache>();
        services.AddSingleton<ITaskTokens, TaskTokens>();
        services.AddSingleton<IAuthenticator>(provider => new TokenAuthenticator(
            provider.GetRequiredService<TokenCache>(),
            authenticationRequired,
            provider.GetService<ICallOrigins>()
        ));
        services.AddSingleton<IDoor, TokensDoor>();
        services.AddSingleton<IDoor, RefreshDoor>();
        return services;
    }
}
