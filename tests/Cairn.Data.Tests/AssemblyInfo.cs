// The server runs on Linux, and so do its tests.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
