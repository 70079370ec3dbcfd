using System.IO.Compression;
using Cairn.Fuzz.Cases;
using Cairn.Fuzz.Corpus;

namespace Cairn.Fuzz.Mutation;

/// <summary>Makes a call into one that somebody may send by mistake, or to find out.</summary>
internal sealed class CallMutator(Names names)
{
    private static readonly string[] HeaderNames =
    [
        "Content-Type",
        "Content-Encoding",
        "Accept-Encoding",
        "Accept",
        "Range",
        "Content-Range",
        "If-Match",
        "If-None-Match",
        "X-HTTP-Method-Override",
        "x-goog-hash",
        "X-Goog-Upload-Command",
        "X-Goog-Upload-Protocol",
        "X-Goog-Upload-Offset",
        "X-Upload-Content-Length",
        "x-goog-if-generation-match",
        "X-Server-Timeout",
        "X-Goog-User-Project",
        "Origin",
        "Access-Control-Request-Method",
        "Expect",
        "Cookie",
        "X-Goog-FieldMask",
        "Authorization",
    ];

    private static readonly string[] HeaderTexts =
    [
        "application/json; charset=utf-16",
        "text/plain",
        "multipart/related",
        "multipart/related; boundary=",
        "multipart/mixed; boundary=\"",
        "application/x-www-form-urlencoded",
        "application/x-protobuf",
        "application/grpc-web",
        "md5=XUFAKrxLKna5cZ2REBfFkg==",
        "crc32c=AAAAAA==",
        "md5=x,crc32c=,=",
        "start",
        "query",
        "cancel",
        "upload, finalize",
        "finalize",
        "resumable",
        "DELETE",
        "PUT",
        "NONSENSE",
        "http://evil.example",
        "Bearer nonsense",
        "Basic eDp5",
        "0.001",
    ];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"];

    public Call Mutate(Call call, Random random) => call.IsGrpc ? MutateGrpc(call, random) : MutateHttp(call, random);

    private Call MutateHttp(Call call, Random random)
    {
        for (var count = 1 + random.Next(4) / 3; count > 0; count--)
        {
            call = random.Next(20) switch
            {
                0 => WithHeader(call, random),
                1 => call with { Method = Words.Pick(random, Methods) },
                2 => Reframe(call, random),
                3 when call.Body is { Length: > 0 } body => call with { Body = ByteMutator.Mutate(body, random) },
                4 when call.Body is { Length: > 0 } body => Zipped(call, body, random),
                < 10 => call with { Target = TargetMutator.Mutate(call.Target, random, names.Values) },
                _ when call.Body is { Length: > 0 } body => call with
                {
                    Body =
                        JsonMutator.Mutate(body, random, names.Values) is var json && !ReferenceEquals(json, body)
                            ? json
                            : ByteMutator.Mutate(body, random),
                },
                _ => call with { Target = TargetMutator.Mutate(call.Target, random, names.Values) },
            };
        }

        return call;
    }

    private static Call MutateGrpc(Call call, Random random)
    {
        if (random.Next(2) == 0)
        {
            return call;
        }

        var (body, header) = WireMutator.Mutate(call.Body!, random);
        return call with { Body = body, Headers = header is { } given ? [.. call.Headers, given] : call.Headers };
    }

    private static Call WithHeader(Call call, Random random)
    {
        var name = Words.Pick(random, HeaderNames);
        if (call.MayLast && name == "X-Server-Timeout")
        {
            // Without its deadline it would last.
            return call;
        }

        var value = random.Next(2) == 0 ? Words.Pick(random, HeaderTexts) : Words.Pick(random, Words.Texts);
        // A method that another stands for is as long as that one; a call that expects to be told to go on is not told twice.
        return name == "Expect" && call.Body is null
            ? call
            : call with
            {
                Headers = [.. call.Headers.Where(header => random.Next(3) == 0 || header.Name != name), (name, value)],
            };
    }

    private static Call Reframe(Call call, Random random) =>
        call.Body is null
            ? call
            : call with
            {
                Framing = Words.Pick(random, Framing.Chunked, Framing.Chunked, Framing.TooLong, Framing.TooShort, Framing.NoLength),
            };

    private static Call Zipped(Call call, byte[] body, Random random)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        var bytes = packed.ToArray();
        return call with
        {
            Headers = [.. call.Headers, ("Content-Encoding", "gzip")],
            Body = random.Next(3) switch
            {
                0 => body,
                1 => bytes[..random.Next(bytes.Length)],
                _ => bytes,
            },
        };
    }
}
