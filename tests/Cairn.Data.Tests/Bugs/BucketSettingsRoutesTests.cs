using System.Net;
using System.Text.Json.Nodes;
using Cairn.Data.Gcs.Resources;
using Cairn.Data.Tests.Gcs;

namespace Cairn.Data.Tests.Bugs;

/// <summary>
/// Every field that Cloud Storage's discovery document gives a bucket or an object, over the wire: honoured, the server's to say, or
/// refused by its name.
/// </summary>
public sealed class BucketSettingsRoutesTests(GcsServer server) : IClassFixture<GcsServer>
{
    private const string Rule = """
        {"action":{"type":"SetStorageClass","storageClass":"COLDLINE"},"condition":{"age":0,"createdBefore":"2031-01-15","customTimeBefore":"2031-01-16",
         "daysSinceCustomTime":1,"daysSinceNoncurrentTime":2,"noncurrentTimeBefore":"2031-01-17","isLive":false,"numNewerVersions":3,"matchesPrefix":["a","b"],
         "matchesSuffix":["c"],"matchesStorageClass":["STANDARD"]}}
        """;

    /// <summary>What is asked for, and what the bucket then says.</summary>
    public static TheoryData<string, string, string> Kept =>
        new()
        {
            { "storageClass", "\"NEARLINE\"", "\"NEARLINE\"" },
            { "versioning", """{"enabled":true}""", """{"enabled":true}""" },
            { "labels", """{"a":"b"}""", """{"a":"b"}""" },
            { "lifecycle", $$"""{"rule":[{{Rule}}]}""", $$"""{"rule":[{{Rule}}]}""" },
            {
                "lifecycle",
                """{"rule":[{"action":{"type":"AbortIncompleteMultipartUpload"},"condition":{"age":"7","matchesPrefix":[]}},{"action":{"type":"Delete"},"condition":{"isLive":true}}]}""",
                """{"rule":[{"action":{"type":"AbortIncompleteMultipartUpload"},"condition":{"age":7}},{"action":{"type":"Delete"},"condition":{"isLive":true}}]}"""
            },
            {
                "cors",
                """[{"origin":["https://a.example"],"method":["get","PUT"],"responseHeader":["Content-Type","x-goog-meta-*"],"maxAgeSeconds":60},{"origin":["*"],"method":["*"]}]""",
                """[{"origin":["https://a.example"],"method":["GET","PUT"],"responseHeader":["Content-Type","x-goog-meta-*"],"maxAgeSeconds":60},{"origin":["*"],"method":["*"]}]"""
            },
            { "retentionPolicy", """{"retentionPeriod":"100"}""", """{"retentionPeriod":"100","effectiveTime":"TIME"}""" },
            {
                "softDeletePolicy",
                """{"retentionDurationSeconds":604800}""",
                """{"retentionDurationSeconds":"604800","effectiveTime":"TIME"}"""
            },
            { "softDeletePolicy", """{"retentionDurationSeconds":"0"}""", """{"retentionDurationSeconds":"0"}""" },
            { "defaultEventBasedHold", "true", "true" },
            { "objectRetention", """{"mode":"Enabled"}""", """{"mode":"Enabled"}""" },
            {
                "iamConfiguration",
                """{"publicAccessPrevention":"enforced","uniformBucketLevelAccess":{"enabled":true}}""",
                """{"bucketPolicyOnly":{"enabled":true,"lockedTime":"TIME"},"uniformBucketLevelAccess":{"enabled":true,"lockedTime":"TIME"},"publicAccessPrevention":"enforced"}"""
            },
            { "rpo", "\"DEFAULT\"", "\"DEFAULT\"" },
            { "billing", """{"requesterPays":false}""", "null" },
            { "location", "\"us\"", "\"US\"" },
        };

    /// <summary>What is refused, with the words that name it.</summary>
    public static TheoryData<string, string, string> Refused =>
        new()
        {
            { "acl", """[{"entity":"allUsers","role":"READER"}]""", "`acl`" },
            { "defaultObjectAcl", """[{"entity":"allUsers","role":"READER"}]""", "`defaultObjectAcl`" },
            { "autoclass", """{"enabled":true}""", "`autoclass`" },
            { "billing", """{"requesterPays":true}""", "billing.requesterPays" },
            { "cors", """[{"origin":["https://a.example/path"]}]""", "cors[0].origin" },
            { "cors", """[{"method":["FETCH"]}]""", "cors[0].method" },
            { "cors", """[{"responseHeader":["a b"]}]""", "cors[0].responseHeader" },
            { "cors", """[{"maxAgeSeconds":-1}]""", "cors[0].maxAgeSeconds" },
            { "cors", """[{"origins":["*"]}]""", "cors[0].origins" },
            { "customPlacementConfig", """{"dataLocations":["US-EAST1","US-WEST1"]}""", "`customPlacementConfig`" },
            { "encryption", """{"defaultKmsKeyName":"projects/p/locations/l/keyRings/r/cryptoKeys/k"}""", "`encryption`" },
            { "hierarchicalNamespace", """{"enabled":true}""", "`hierarchicalNamespace`" },
            {
                "iamConfiguration",
                """{"uniformBucketLevelAccess":{"enabled":false}}""",
                "iamConfiguration.uniformBucketLevelAccess.enabled"
            },
            { "iamConfiguration", """{"bucketPolicyOnly":{"enabled":false}}""", "iamConfiguration.bucketPolicyOnly.enabled" },
            { "iamConfiguration", """{"publicAccessPrevention":"maybe"}""", "iamConfiguration.publicAccessPrevention" },
            { "ipFilter", """{"mode":"Enabled"}""", "`ipFilter`" },
            { "labels", """{"":"x"}""", "label" },
            { "location", "\"EU\"", "`location`" },
            { "logging", """{"logBucket":"logs"}""", "`logging`" },
            { "name", "\"another\"", "`name`" },
            { "objectRetention", """{"mode":"Sometimes"}""", "objectRetention.mode" },
            { "retentionPolicy", """{"retentionPeriod":"-1"}""", "retentionPolicy.retentionPeriod" },
            { "retentionPolicy", """{"retentionPeriod":"3155760001"}""", "retentionPolicy.retentionPeriod" },
            { "retentionPolicy", """{"retentionPeriod":"1","isLocked":true}""", "retentionPolicy.isLocked" },
            { "rpo", "\"ASYNC_TURBO\"", "`rpo`" },
            { "softDeletePolicy", """{"retentionDurationSeconds":"60"}""", "softDeletePolicy.retentionDurationSeconds" },
            { "softDeletePolicy", """{"retentionDurationSeconds":"7776001"}""", "softDeletePolicy.retentionDurationSeconds" },
            { "storageClass", "\"WARM\"", "`storageClass`" },
            { "versioning", """{"mfaDelete":true}""", "versioning.mfaDelete" },
            { "website", """{"mainPageSuffix":"index.html"}""", "`website`" },
            { "somethingOfTomorrow", "true", "`somethingOfTomorrow`" },
        };

    [Fact]
    public void every_field_of_the_discovery_document_has_its_place()
    {
        string[] bucket =
        [
            "acl",
            "autoclass",
            "billing",
            "cors",
            "customPlacementConfig",
            "defaultEventBasedHold",
            "defaultObjectAcl",
            "encryption",
            "etag",
            "generation",
            "hardDeleteTime",
            "hierarchicalNamespace",
            "iamConfiguration",
            "id",
            "ipFilter",
            "kind",
            "labels",
            "lifecycle",
            "location",
            "locationType",
            "logging",
            "metageneration",
            "name",
            "objectRetention",
            "owner",
            "projectNumber",
            "retentionPolicy",
            "rpo",
            "satisfiesPZI",
            "satisfiesPZS",
            "selfLink",
            "softDeletePolicy",
            "softDeleteTime",
            "storageClass",
            "timeCreated",
            "updated",
            "versioning",
            "website",
        ];
        string[] objects =
        [
            "acl",
            "bucket",
            "cacheControl",
            "componentCount",
            "contentDisposition",
            "contentEncoding",
            "contentLanguage",
            "contentType",
            "contexts",
            "crc32c",
            "customTime",
            "customerEncryption",
            "etag",
            "eventBasedHold",
            "generation",
            "hardDeleteTime",
            "id",
            "kind",
            "kmsKeyName",
            "md5Hash",
            "mediaLink",
            "metadata",
            "metageneration",
            "name",
            "owner",
            "restoreToken",
            "retention",
            "retentionExpirationTime",
            "selfLink",
            "size",
            "softDeleteTime",
            "storageClass",
            "temporaryHold",
            "timeCreated",
            "timeDeleted",
            "timeFinalized",
            "timeStorageClassUpdated",
            "updated",
        ];

        BucketFields
            .Kept.Concat(BucketFields.Output)
            .Concat(BucketFields.Refused.Keys)
            .Concat(["acl", "defaultObjectAcl"])
            .Order(StringComparer.Ordinal)
            .ShouldBe(bucket.Order(StringComparer.Ordinal));
        ObjectFields
            .Kept.Concat(ObjectFields.Output)
            .Concat(ObjectFields.Refused.Keys)
            .Append("acl")
            .Order(StringComparer.Ordinal)
            .ShouldBe(objects.Order(StringComparer.Ordinal));

        // Each that may be set is tried below.
        var tried = Kept.Concat(Refused).Select(static row => (string)((ITheoryDataRow)row).GetData()[0]!).ToHashSet();
        bucket.Except(BucketFields.Output).Where(field => !tried.Contains(field)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public async Task a_setting_that_is_accepted_is_kept_at_creation_and_by_patch_and_put(string field, string value, string expected)
    {
        var patched = await server.CreateBucketAsync();
        var answer = await GcsServer.JsonAsync(await ChangeAsync(HttpMethod.Patch, patched, field, value));
        Normalised(answer[field]).ShouldBe(Normalised(JsonNode.Parse(expected)));
        Normalised((await GetAsync(patched))[field]).ShouldBe(Normalised(JsonNode.Parse(expected)));

        // A client that writes back what it read changes nothing.
        var read = await GetAsync(patched);
        var put = await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Put, $"/storage/v1/b/{patched}", read));
        put[field]?.ToJsonString().ShouldBe(read[field]?.ToJsonString());

        var created = await server.CreateBucketAsync(new Dictionary<string, object?> { [field] = JsonNode.Parse(value) });
        Normalised((await GetAsync(created))[field]).ShouldBe(Normalised(JsonNode.Parse(expected)));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task no_bucket_setting_is_accepted_and_forgotten(string field, string value, string words)
    {
        var bucket = await server.CreateBucketAsync();
        var before = await GetAsync(bucket);

        using var response = await ChangeAsync(HttpMethod.Patch, bucket, field, value);

        response.StatusCode.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.NotImplemented);
        (await GcsServer.ErrorAsync(response, (int)response.StatusCode)).Message.ShouldContain(words);
        JsonNode.DeepEquals(await GetAsync(bucket), before).ShouldBeTrue();
    }

    [Fact]
    public async Task settings_are_cleared_by_null_and_by_leaving_them_out_of_a_put()
    {
        const string settings =
            """{"lifecycle":{"rule":[{"action":{"type":"Delete"},"condition":{"age":1}}]},"cors":[{"origin":["*"],"method":["GET"]}],"retentionPolicy":{"retentionPeriod":"1"},"defaultEventBasedHold":true}""";
        string[] fields = ["lifecycle", "cors", "retentionPolicy", "defaultEventBasedHold"];
        foreach (
            var (method, clear) in ((HttpMethod, string)[])
                [
                    (HttpMethod.Patch, """{"lifecycle":null,"cors":null,"retentionPolicy":null,"defaultEventBasedHold":null}"""),
                    (
                        HttpMethod.Patch,
                        """{"lifecycle":{"rule":[]},"cors":[],"retentionPolicy":{"retentionPeriod":null},"defaultEventBasedHold":false}"""
                    ),
                    (HttpMethod.Put, "{}"),
                ]
        )
        {
            var bucket = await server.CreateBucketAsync(JsonNode.Parse(settings));
            var before = await GetAsync(bucket);
            fields.ShouldAllBe(field => before[field] != null);
            var after = await GcsServer.JsonAsync(await server.SendAsync(method, $"/storage/v1/b/{bucket}", JsonNode.Parse(clear)));
            fields.ShouldAllBe(field => after[field] == null);
        }
    }

    [Fact]
    public async Task a_field_of_an_object_that_is_not_there_is_refused_by_its_name()
    {
        var bucket = await server.CreateBucketAsync();
        await server.PutAsync(bucket, "a", "1");
        foreach (
            var (field, value, status) in ((string, string, int)[])
                [
                    ("kmsKeyName", "\"projects/p/locations/l/keyRings/r/cryptoKeys/k\"", 501),
                    ("customerEncryption", """{"keySha256":"x"}""", 501),
                    ("contexts", """{"custom":{"k":{"value":"v"}}}""", 501),
                    ("acl", """[{"entity":"allUsers","role":"READER"}]""", 400),
                    ("retention", """{"mode":"Forever","retainUntilTime":"2031-01-01T00:00:00Z"}""", 400),
                    ("somethingOfTomorrow", "1", 400),
                ]
        )
        {
            var body = new JsonObject { [field] = JsonNode.Parse(value) };
            (
                await GcsServer.ErrorAsync(await server.SendAsync(HttpMethod.Patch, $"/storage/v1/b/{bucket}/o/a", body), status)
            ).Message.ShouldContain(field);
            (
                await GcsServer.ErrorAsync(
                    await server.SendAsync(HttpMethod.Post, $"/storage/v1/b/{bucket}/o/a/rewriteTo/b/{bucket}/o/b", body),
                    status
                )
            ).Message.ShouldContain(field);
            (
                await GcsServer.ErrorAsync(
                    await server.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=resumable&name=b", body),
                    status
                )
            ).Message.ShouldContain(field);
        }

        foreach (
            var (parameter, status) in ((string, int)[])
                [("predefinedAcl", 400), ("destinationPredefinedAcl", 400), ("kmsKeyName", 501), ("destinationKmsKeyName", 501)]
        )
        {
            (
                await GcsServer.ErrorAsync(await server.UploadAsync(bucket, "b", [1], $"&{parameter}=publicRead"), status)
            ).Message.ShouldContain(parameter);
        }
    }

    private Task<HttpResponseMessage> ChangeAsync(HttpMethod method, string bucket, string field, string value) =>
        server.SendAsync(method, $"/storage/v1/b/{bucket}", new JsonObject { [field] = JsonNode.Parse(value) });

    private async Task<JsonObject> GetAsync(string bucket) =>
        await GcsServer.JsonAsync(await server.SendAsync(HttpMethod.Get, $"/storage/v1/b/{bucket}"));

    // Without the spaces and the times, which are the server's.
    private static string Normalised(JsonNode? node)
    {
        var text = node?.ToJsonString() ?? "null";
        return System.Text.RegularExpressions.Regex.Replace(text, "(effectiveTime|lockedTime)\":\"[^\"]*", "$1\":\"TIME");
    }
}
