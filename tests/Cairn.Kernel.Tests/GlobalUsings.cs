global using Google.Cloud.AIPlatform.V1;
global using Google.Rpc;
global using Value = Google.Protobuf.WellKnownTypes.Value;
