using System.Collections.Concurrent;
using System.Globalization;
using Cairn.Kernel.Database;
using Google.Cloud.AIPlatform.V1;

namespace Cairn.Tensorboards.Service;

/// <summary>
/// Counts who reads a Tensorboard's data, by month. Counts are gathered in memory and written every few seconds: a reader waits for no
/// disk.
/// </summary>
internal sealed class Usage(IDatabase database, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Tensorboard, string Month, string User), long> _counts = new();

    public void Count(string tensorboard, string user) =>
        _counts.AddOrUpdate(
            (tensorboard, time.GetUtcNow().ToString("yyyyMM", CultureInfo.InvariantCulture), user),
            1,
            static (_, count) => count + 1
        );

    public async Task FlushAsync(CancellationToken cancellation)
    {
        foreach (var key in _counts.Keys)
        {
            if (_counts.TryRemove(key, out var count))
            {
                await database.WriteAsync(
                    session =>
                        session.Execute(
                            """
                            INSERT INTO tensorboard_views (tensorboard, month, username, views) VALUES ($1, $2, $3, $4)
                            ON CONFLICT (tensorboard, month, username) DO UPDATE SET views = tensorboard_views.views + excluded.views
                            """,
                            key.Tensorboard,
                            key.Month,
                            key.User,
                            count
                        ),
                    cancellation
                );
            }
        }
    }

    public async Task<ReadTensorboardUsageResponse> ReadAsync(string tensorboard, CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        var rows = await database.ReadAsync(
            session =>
                session.Query(
                    "SELECT month, username, views FROM tensorboard_views WHERE tensorboard = $1 ORDER BY month, username",
                    static row => (Month: row.GetString(0), User: row.GetString(1), Views: row.GetInt64(2)),
                    tensorboard
                ),
            cancellation
        );
        var response = new ReadTensorboardUsageResponse();
        foreach (var month in rows.GroupBy(static row => row.Month))
        {
            response.MonthlyUsageData.Add(
                month.Key,
                new ReadTensorboardUsageResponse.Types.PerMonthUsageData
                {
                    UserUsageData =
                    {
                        month.Select(static row => new ReadTensorboardUsageResponse.Types.PerUserUsageData
                        {
                            Username = row.User,
                            ViewCount = row.Views,
                        }),
                    },
                }
            );
        }

        return response;
    }
}
