using System.Net.Http.Headers;
using k8s.Authentication;

namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>
/// Waits for a token no longer than for the call that it is for: the client library's own providers do not look at its limit.
/// </summary>
internal sealed class LimitedTokens(ITokenProvider tokens) : ITokenProvider
{
    public Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
        tokens.GetAuthenticationHeaderAsync(cancellationToken).WaitAsync(cancellationToken);
}
