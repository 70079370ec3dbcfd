using System.Collections.Concurrent;
using Cairn.Jobs.Executors;
using Cairn.Jobs.Executors.Kubernetes;
using Cairn.Jobs.Executors.Kubernetes.Access;
using Cairn.Jobs.Tests.Executors.Kubernetes;
using Cairn.Kernel.Errors;
using Cairn.Testing;
using Microsoft.AspNetCore.Http;

namespace Cairn.Jobs.Tests.Bugs;

/// <summary>
/// Credentials were read once for ever, a program that has them held up everything, and what a kubeconfig says beside them was passed over.
/// </summary>
public sealed class KubernetesCredentialTests
{
    private const string Exec = "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./credentials";

    [Fact]
    public async Task a_token_that_was_replaced_is_read_again_and_one_that_is_not_accepted_fails_no_job()
    {
        await using var bench = await ClusterBench.StartAsync();
        bench.Fake.Intercept = async context =>
        {
            if (context.Request.Headers.Authorization == "Bearer b-right")
            {
                return false;
            }

            await FakeCluster.FailAsync(context, 401, "Unauthorized", "Unauthorized", null);
            return true;
        };
        (await Should.ThrowAsync<ExecutorAwayException>(bench.Executor.StartAsync(bench.Gang, default))).Message.ShouldContain(
            "credentials"
        );

        bench.Configure("{token: b-right}");
        bench.Time.Advance(ClusterClients.Rest);

        await bench.Executor.StartAsync(bench.Gang, default);
        (await bench.StatesAsync()).ShouldBe([AttemptState.Waiting, AttemptState.Waiting]);
    }

    [Fact]
    public async Task a_token_file_beside_the_kubeconfig_is_what_is_sent()
    {
        await using var bench = await ClusterBench.StartAsync("{tokenFile: token, token: stale}");
        await File.WriteAllTextAsync(bench.Data["token"], "of-the-file\n");

        await bench.Executor.StartAsync(bench.Gang, default);

        bench.Fake.Authorization.ShouldBe("Bearer of-the-file");
    }

    [Fact]
    public async Task a_user_without_credentials_calls_as_nobody()
    {
        await using var bench = await ClusterBench.StartAsync("{}");

        await bench.Executor.StartAsync(bench.Gang, default);

        bench.Fake.Authorization.ShouldBeNullOrEmpty();
    }

    [Fact]
    public async Task as_whom_the_server_acts_and_through_which_proxy_is_honoured()
    {
        await using var bench = await ClusterBench.StartAsync(
            "{token: t, as: ann, as-uid: 7, as-groups: [team], as-user-extra: {acme.com/project: [x]}}"
        );
        bench.Configure(
            "{token: t, as: ann, as-uid: 7, as-groups: [team], as-user-extra: {acme.com/project: [x]}}",
            $", proxy-url: '{bench.Fake.Address}'"
        );
        var headers = new ConcurrentDictionary<string, string>();
        bench.Fake.Intercept = context =>
        {
            foreach (var header in context.Request.Headers)
            {
                headers[header.Key] = header.Value.ToString();
            }

            return Task.FromResult(false);
        };

        await bench.Executor.StartAsync(bench.Gang, default);

        // A host of this name is known to nobody but the proxy.
        headers["Host"].ShouldBe("cluster.invalid");
        headers["Impersonate-User"].ShouldBe("ann");
        headers["Impersonate-Uid"].ShouldBe("7");
        headers["Impersonate-Group"].ShouldBe("team");
        headers["Impersonate-Extra-acme.com%2Fproject"].ShouldBe("x");
    }

    [Theory]
    [InlineData("{token: t, as-groups: [a]}", "", "without 'as'")]
    [InlineData("{as: ann, as-groups: [a, b]}", "", "as-groups")]
    [InlineData("{password-file: x}", "", "password-file")]
    [InlineData("{tokenFile: nowhere}", "", "nowhere")]
    [InlineData("{client-certificate-data: '%%%', client-key-data: YQ==}", "", "base64")]
    [InlineData("{client-certificate-data: YQ==, client-key-data: YQ==}", "", "client certificate")]
    [InlineData("{client-certificate-data: YQ==}", "", "no client-key")]
    [InlineData("{client-certificate: nowhere, client-key: nowhere}", "", "nowhere")]
    [InlineData("{auth-provider: {name: gcp, config: {access-token: t}}}", "", "gcp")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}", "", "v1alpha1")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1}}", "", "command")]
    [InlineData("{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}}", "", "person")]
    [InlineData("{token: {a: b}}", "", "token")]
    [InlineData("{token: t}", ", certificate-authority-data: '%%%'", "base64")]
    [InlineData("{token: t}", ", certificate-authority-data: YQ==", "certificate")]
    [InlineData("{token: t}", ", proxy-url: ftp://x", "proxy-url")]
    [InlineData("{token: t}", ", insecure-skip-tls-verify: perhaps", "perhaps")]
    [InlineData("{token: t}", ", server2: x", "server2")]
    public async Task what_cannot_be_honoured_is_refused_by_name(string user, string cluster, string named)
    {
        await using var bench = await ClusterBench.StartAsync(user, cluster);

        var sentence = (await Should.ThrowAsync<StatusException>(bench.Executor.StartAsync(bench.Gang, default))).Message;
        sentence.ShouldContain(named);
        sentence.ShouldContain("kubeconfig");
    }

    [Fact]
    public async Task files_that_are_named_are_merged_and_what_is_empty_or_missing_is_passed_over()
    {
        using var data = new ScratchDirectory();
        await File.WriteAllTextAsync(data["a"], "current-context: c\nusers: [{name: u, user: {token: first}}]\nclusters: null\n");
        await File.WriteAllTextAsync(
            data["b"],
            """
            users: [{name: u, user: {token: second}}]
            clusters: [{name: k, cluster: {server: "https://k:6443"}}]
            contexts: [{name: c, context: {cluster: k, user: u}}]
            """
        );
        var files = KubeconfigFiles.Of(null, $":{data["missing"]}:{data["a"]}::{data["b"]}:{data["a"]}", data["home"]);

        files.ShouldBe([data["a"], data["b"]]);
        var merged = Kubeconfig.Read(files);
        merged.User(merged.Context(null).Text("user")!).Text("token").ShouldBe("first");
        merged.Cluster("k").Text("server").ShouldBe("https://k:6443");

        // An empty variable is none; one that names what is missing does not mean the file at home.
        await File.WriteAllTextAsync(data["home"], "");
        KubeconfigFiles.Of(null, "", data["home"]).ShouldBe([data["home"]]);
        KubeconfigFiles.Of(null, " : ", data["home"]).ShouldBe([data["home"]]);
        KubeconfigFiles.Of(null, data["missing"], data["home"]).ShouldBeEmpty();
        Kubeconfig.Read([data["home"]]).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task a_program_gives_credentials_until_they_end()
    {
        await using var bench = await ClusterBench.StartAsync(
            $"{{{Exec}, args: ['two words'], env: [{{name: GIVEN, value: v}}], provideClusterInfo: true}}}}"
        );
        Program(
            bench,
            """
            echo run >> runs; echo "$KUBERNETES_EXEC_INFO" > info; n=$(wc -l < runs)
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'"$1-$GIVEN-$n"'",
              "expirationTimestamp":"'"$(cat expires)"'"}}'
            """
        );
        await File.WriteAllTextAsync(bench.Data["expires"], $"{bench.Time.GetUtcNow().AddMinutes(10):O}");

        await bench.Api.FindJobAsync("j", default);
        await bench.Api.FindJobAsync("j", default);
        bench.Fake.Authorization.ShouldBe("Bearer two words-v-1");
        (await File.ReadAllTextAsync(bench.Data["info"])).ShouldContain(bench.Fake.Address);

        bench.Time.Advance(TimeSpan.FromMinutes(11));
        await bench.Api.FindJobAsync("j", default);
        bench.Fake.Authorization.ShouldBe("Bearer two words-v-2");
    }

    [Fact]
    public async Task a_program_that_fails_says_nothing_of_jobs_and_is_not_run_for_each_of_them()
    {
        await using var bench = await ClusterBench.StartAsync($"{{{Exec}}}}}");
        Program(bench, "echo run >> runs; echo 'log in again' >&2; exit 3");

        for (var i = 0; i < 5; i++)
        {
            (await Should.ThrowAsync<ExecutorAwayException>(bench.Executor.StartAsync(bench.Gang, default))).Message.ShouldContain(
                "log in again"
            );
        }

        (await File.ReadAllLinesAsync(bench.Data["runs"])).Length.ShouldBeLessThanOrEqualTo(2);
        bench.Log.Lines.ShouldHaveSingleItem();
        foreach (var printed in new[] { "", "[]", "{}", """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}""" })
        {
            Should.Throw<FormatException>(() => ProgramCredentials.Parse(printed, "client.authentication.k8s.io/v1"));
        }
    }

    [Fact]
    public async Task a_program_that_does_not_end_holds_up_nobody()
    {
        await using var bench = await ClusterBench.StartAsync($"{{{Exec}}}}}");
        Program(bench, "echo run >> runs; exec sleep 600");
        using var cancellation = new CancellationTokenSource();

        var one = bench.Api.FindJobAsync("j", cancellation.Token);
        var other = bench.Api.FindJobAsync("j", default);
        await Poll.UntilAsync(() => File.Exists(bench.Data["runs"]), "the program to begin");
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(one.WaitAsync(TimeSpan.FromSeconds(60)));

        bench.Time.Advance(TimeSpan.FromSeconds(31));
        (await Should.ThrowAsync<ExecutorAwayException>(other.WaitAsync(TimeSpan.FromSeconds(60)))).Message.ShouldContain(
            "has not ended in 30 s"
        );
    }

    [Fact]
    public async Task a_client_stays_for_those_who_hold_it()
    {
        await using var bench = await ClusterBench.StartAsync();
        using var clients = new ClusterClients(new KubernetesOptions { Config = bench.Data["kubeconfig"] }, bench.Time);
        var old = await clients.HoldAsync(default);

        clients.Renew(old);
        using var renewed = await clients.HoldAsync(default);
        renewed.ShouldNotBeSameAs(old);
        clients.Renew(old);
        clients.Renew(renewed);
        (await clients.HoldAsync(default)).ShouldBeSameAs(renewed);

        old.TryHold().ShouldBeTrue();
        old.Dispose();
        old.Dispose();
        old.TryHold().ShouldBeFalse();
    }

    private static void Program(ClusterBench bench, string script)
    {
        var file = bench.Data["credentials"];
        File.WriteAllText(file, $"#!/bin/sh\ncd '{bench.Data.Path}'\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
