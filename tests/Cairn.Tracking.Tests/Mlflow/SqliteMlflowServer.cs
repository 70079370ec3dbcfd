namespace Cairn.Tracking.Tests.Mlflow;

public sealed class SqliteMlflowServer : MlflowServer;
