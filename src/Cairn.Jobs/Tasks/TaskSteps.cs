namespace Cairn.Jobs.Tasks;

/// <summary>
/// Takes tasks further, each by itself: the steps of one task come one after the other, and no task waits for another's.
/// </summary>
/// <param name="step">One step of the task of an id. It does not throw.</param>
internal sealed class TaskSteps(Func<string, Task> step)
{
    private readonly Dictionary<string, Walk> _walks = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>
    /// Takes a task a step further. Where it is at one, another follows, which sees what has happened by now. The result ends with the last.
    /// </summary>
    public Task Take(string task)
    {
        lock (_gate)
        {
            if (_walks.TryGetValue(task, out var walk))
            {
                walk.Again = true;
                return walk.Ended;
            }

            walk = new Walk();
            _walks[task] = walk;
            return walk.Ended = Task.Run(() => GoAsync(task, walk));
        }
    }

    /// <summary>Waits until no task is at a step.</summary>
    public async Task WhenIdleAsync()
    {
        while (true)
        {
            Task[] open;
            lock (_gate)
            {
                open = [.. _walks.Values.Select(static walk => walk.Ended)];
            }

            if (open.Length == 0)
            {
                return;
            }

            await Task.WhenAll(open);
        }
    }

    private async Task GoAsync(string task, Walk walk)
    {
        while (true)
        {
            await step(task);
            lock (_gate)
            {
                if (!walk.Again)
                {
                    _walks.Remove(task);
                    return;
                }

                walk.Again = false;
            }
        }
    }

    private sealed class Walk
    {
        public bool Again { get; set; }

        public Task Ended { get; set; } = Task.CompletedTask;
    }
}
