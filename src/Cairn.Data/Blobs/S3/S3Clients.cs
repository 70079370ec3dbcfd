using Amazon.Runtime;
using Amazon.S3;
using Cairn.Kernel.Errors;

namespace Cairn.Data.Blobs.S3;

/// <summary>Clients of S3, set up to work with Amazon's and with other servers.</summary>
public static class S3Clients
{
    /// <exception cref="StatusException">FAILED_PRECONDITION where the environment has no credentials.</exception>
    public static IAmazonS3 Create(S3Address address) => Create(address, Variable("AWS_ACCESS_KEY_ID"), Variable("AWS_SECRET_ACCESS_KEY"));

    public static IAmazonS3 Create(S3Address address, string accessKey, string secretKey)
    {
        var config = new AmazonS3Config
        {
            // Servers other than Amazon's do not know the newer checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            AuthenticationRegion = address.Region,
        };
        if (address.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.ToString();
            config.ForcePathStyle = true;
            config.UseHttp = endpoint.Scheme == "http";
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(address.Region);
        }

        return new AmazonS3Client(new BasicAWSCredentials(accessKey, secretKey), config);
    }

    private static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw StatusException.FailedPrecondition(
                $"Objects are to be kept on S3, but {name} is not set. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the server's environment."
            );
}
