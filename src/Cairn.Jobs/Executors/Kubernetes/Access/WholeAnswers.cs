namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>
/// Reads each answer to its end before it is looked at, within the request's limit of time: the client library reads it without one. Only
/// what a watch tells is passed on as it comes.
/// </summary>
internal sealed class WholeAnswers : DelegatingHandler
{
    /// <summary>The most that an answer may have, in bytes: a page of five hundred pods has some ten million.</summary>
    private const long MaxBytes = 256 << 20;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        var isWatch = request.RequestUri?.Query.Contains("watch=true", StringComparison.Ordinal) == true;
        if (isWatch && answer.IsSuccessStatusCode)
        {
            return answer;
        }

        try
        {
            await answer.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }
}
