using Google.Cloud.AIPlatform.V1;

namespace Cairn.Jobs.CustomJobs;

/// <summary>A job that has been checked and can be stored.</summary>
/// <param name="Job">As it will be stored: named, in the state QUEUED.</param>
/// <param name="Executor">What runs it.</param>
/// <param name="Trace">The trace that it belongs to, as a <c>traceparent</c>; empty for none.</param>
public sealed record PreparedJob(CustomJob Job, string Executor, string Trace = "");
