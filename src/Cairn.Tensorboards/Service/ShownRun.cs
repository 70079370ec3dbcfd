using Cairn.Tracking.Runs;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Service;

/// <summary>A run with where it is shown.</summary>
internal sealed record ShownRun(Tensorboard Board, Experiment Experiment, Run Run);
