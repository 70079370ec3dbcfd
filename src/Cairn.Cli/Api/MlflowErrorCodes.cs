namespace Cairn.Cli.Api;

/// <summary>MLflow's names of errors as the API's own, so that one failure has one name however it came.</summary>
internal static class MlflowErrorCodes
{
    public static string Name(string mlflow) =>
        mlflow switch
        {
            "RESOURCE_DOES_NOT_EXIST" => "NOT_FOUND",
            "RESOURCE_ALREADY_EXISTS" => "ALREADY_EXISTS",
            "INVALID_PARAMETER_VALUE" => "INVALID_ARGUMENT",
            "INVALID_STATE" => "FAILED_PRECONDITION",
            "NOT_IMPLEMENTED" => "UNIMPLEMENTED",
            "TEMPORARILY_UNAVAILABLE" => "UNAVAILABLE",
            var other => other,
        };
}
