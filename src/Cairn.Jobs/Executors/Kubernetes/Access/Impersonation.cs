namespace Cairn.Jobs.Executors.Kubernetes.Access;

/// <summary>
/// Says in each request as whom its caller acts
/// (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation).
/// </summary>
internal sealed class Impersonation(IReadOnlyList<KeyValuePair<string, string>> headers) : DelegatingHandler
{
    /// <summary>What a user's <c>as</c> and what goes with it say; null where they say nothing.</summary>
    /// <exception cref="Kernel.Errors.StatusException">FAILED_PRECONDITION: it cannot be honoured.</exception>
    public static Impersonation? Of(KubeconfigEntry user)
    {
        var headers = new List<KeyValuePair<string, string>>();
        Add("Impersonate-User", user.Text("as"));
        Add("Impersonate-Uid", user.Text("as-uid"));
        var groups = user.Texts("as-groups");
        Add("Impersonate-Group", Single("as-groups", groups));
        var extra = user.Entry("as-user-extra");
        foreach (var key in extra?.Keys() ?? [])
        {
            Add("Impersonate-Extra-" + Uri.EscapeDataString(key), Single("as-user-extra", extra!.Texts(key)));
        }

        return headers.Count == 0 ? null
            : user.Text("as") is null ? throw user.Refusal("has as-uid, as-groups or as-user-extra without 'as'.")
            : new Impersonation(headers);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers.Add(new(name, value.All(char.IsAscii) ? value : throw user.Refusal($"acts as '{value}', which is not ASCII.")));
            }
        }

        // Several values would be sent as one line, which the cluster takes for the name of one group.
        string? Single(string key, IReadOnlyList<string> values) =>
            values.Count > 1 ? throw user.Refusal($"has {values.Count} values in '{key}'; one is supported.") : values.FirstOrDefault();
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
