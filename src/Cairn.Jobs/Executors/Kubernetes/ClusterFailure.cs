using System.Net;
using System.Text.Json;
using Cairn.Kernel.Errors;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Cairn.Jobs.Executors.Kubernetes;

/// <summary>What the cluster's refusals and silences mean.</summary>
internal static class ClusterFailure
{
    /// <summary>How much of what the cluster says is told, in characters.</summary>
    private const int MaxSaid = 500;

    /// <summary>
    /// A refusal (FAILED_PRECONDITION), which will be the same next time, or that the cluster cannot be asked now. Whatever is not known to
    /// be a refusal counts as the latter, so that nothing is concluded of jobs from it.
    /// </summary>
    public static Exception Of(Exception failure) => Of(failure, failure.GetBaseException());

    private static Exception Of(Exception failure, Exception cause) =>
        failure switch
        {
            StatusException or ExecutorAwayException => failure,
            HttpOperationException { Response.StatusCode: HttpStatusCode.Unauthorized } refusal => new ExecutorAwayException(
                $"Kubernetes does not accept the credentials, also not as they are in the configuration now: {Said(refusal)}"
            ),
            HttpOperationException refusal when IsRefusal(refusal) => StatusException.FailedPrecondition(
                $"Kubernetes refuses: {Said(refusal)}"
            ),
            HttpOperationException silence => new ExecutorAwayException($"The Kubernetes cluster does not answer: {Said(silence)}"),
            OperationCanceledException => new ExecutorAwayException("The Kubernetes cluster has not answered in time."),
            HttpRequestException or IOException => new ExecutorAwayException(
                $"The Kubernetes cluster does not answer: {Cut(cause.Message)}"
            ),
            JsonException => new ExecutorAwayException("The Kubernetes cluster has answered with something that is not of its API."),
            _ => new ExecutorAwayException($"The Kubernetes cluster cannot be asked: {cause.GetType().Name}: {Cut(cause.Message)}"),
        };

    /// <summary>
    /// Whether it is said of one thing that it is not there. A namespace that does not exist is said so too, and is no thing of ours.
    /// </summary>
    public static bool IsGone(HttpOperationException e) =>
        e.Response.StatusCode is HttpStatusCode.NotFound && Status(e)?.Details?.Kind is not (null or "namespaces");

    /// <summary>Whether a thing of the name is there already.</summary>
    public static bool IsThere(HttpOperationException e) =>
        e.Response.StatusCode is HttpStatusCode.Conflict && Status(e)?.Reason == "AlreadyExists";

    /// <summary>Whether an answer means the request, and not the cluster's state: 408, 410, 429 and 5xx are of the latter kind.</summary>
    public static bool IsRefusal(HttpOperationException e) =>
        e.Response.StatusCode
            is >= HttpStatusCode.BadRequest
                and < HttpStatusCode.InternalServerError
                and not (
                    HttpStatusCode.Unauthorized
                    or HttpStatusCode.RequestTimeout
                    or HttpStatusCode.Gone
                    or HttpStatusCode.TooManyRequests
                );

    /// <summary>What the cluster said, or what something between here and there did.</summary>
    private static string Said(HttpOperationException e) =>
        Cut(
            Status(e)?.Message is { Length: > 0 } message
                ? message
                : $"{(int)e.Response.StatusCode} {e.Response.ReasonPhrase}. {e.Response.Content}"
        );

    private static V1Status? Status(HttpOperationException e)
    {
        try
        {
            return KubernetesJson.Deserialize<V1Status>(e.Response.Content);
        }
        catch (Exception unread) when (unread is JsonException or ArgumentException)
        {
            return null;
        }
    }

    private static string Cut(string text) => text.Trim() is { Length: > MaxSaid } trimmed ? trimmed[..MaxSaid] + "…" : text.Trim();
}
