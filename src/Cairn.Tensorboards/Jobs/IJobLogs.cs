using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Jobs;

/// <summary>Told of custom jobs, whose event files are read while they are written.</summary>
public interface IJobLogs
{
    /// <summary>A job was made or has changed its state; called in the transaction that stores it.</summary>
    void Changed(ISqlSession session, CustomJob job);
}
