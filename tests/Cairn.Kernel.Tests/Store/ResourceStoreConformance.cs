using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Cairn.Kernel.Store.Search;
using Cairn.Kernel.Tests.Database;
using Cairn.Testing.Faults;

namespace Cairn.Kernel.Tests.Store;

/// <summary>What every engine under the resource store must do with what is written, changed and deleted.</summary>
public abstract class ResourceStoreConformance(DatabaseFixture fixture) : ResourceStoreTests(fixture)
{
    [Fact]
    public async Task what_was_inserted_is_read_back_with_times_and_an_etag()
    {
        var stored = await Insert(
            new Model
            {
                Name = $"{Parent}/models/1",
                DisplayName = "first",
                Labels = { ["env"] = "prod" },
            }
        );
        stored.CreateTime.ShouldNotBeNull();
        stored.UpdateTime.ShouldBe(stored.CreateTime);
        stored.Etag.ShouldNotBeEmpty();
        (await Store.GetAsync<Model>(Models, stored.Name)).ShouldBe(stored);
    }

    [Fact]
    public async Task a_statement_while_rows_are_mapped_is_refused_by_every_engine()
    {
        await Insert(new Model { Name = $"{Parent}/models/1", DisplayName = "first" });
        await Should.ThrowAsync<Exception>(
            Database.ReadAsync(static session =>
                session.Query(
                    "SELECT name FROM resources",
                    row =>
                        session.QueryFirst(
                            "SELECT name FROM resources WHERE name = $1",
                            static inner => inner.GetString(0),
                            row.GetString(0)
                        )
                )
            )
        );
        (await Database.ReadAsync(static session => session.Query("SELECT name FROM resources", static row => row.GetString(0)))).ShouldBe([
            $"{Parent}/models/1",
        ]);
    }

    [Fact]
    public async Task a_second_insert_of_a_name_is_refused()
    {
        await Insert(new Model { Name = $"{Parent}/models/1" });
        var error = await Should.ThrowAsync<StatusException>(() => Insert(new Model { Name = $"{Parent}/models/1" }));
        error.Code.ShouldBe(Code.AlreadyExists);
        error.Message.ShouldContain("models/1");
    }

    [Fact]
    public async Task one_of_many_concurrent_inserts_of_a_name_wins()
    {
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(async i =>
                {
                    try
                    {
                        await Insert(new Model { Name = $"{Parent}/models/1", DisplayName = $"{i}" });
                        return 1;
                    }
                    catch (StatusException error) when (error.Code is Code.AlreadyExists or Code.Aborted)
                    {
                        return 0;
                    }
                })
        );
        outcomes.Sum().ShouldBe(1);
    }

    [Fact]
    public async Task concurrent_increments_lose_nothing()
    {
        await Insert(new Model { Name = $"{Parent}/models/1", VersionId = "0" });
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ =>
                    Store.WriteAsync(session =>
                    {
                        var model = Store.Find<Model>(session, Models, $"{Parent}/models/1")!;
                        model.VersionId = (int.Parse(model.VersionId, System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(
                            System.Globalization.CultureInfo.InvariantCulture
                        );
                        model.Etag = "";
                        return Store.Update(session, Models, model);
                    })
                )
        );
        (await Store.GetAsync<Model>(Models, $"{Parent}/models/1")).VersionId.ShouldBe("20");
    }

    [Fact]
    public async Task an_update_with_a_stale_etag_is_refused()
    {
        var first = await Insert(new Model { Name = $"{Parent}/models/1", DisplayName = "a" });
        var second = first.Clone();
        second.DisplayName = "b";
        second = await Update(second);
        second.Etag.ShouldNotBe(first.Etag);
        second.UpdateTime.ToDateTimeOffset().ShouldBeGreaterThan(first.UpdateTime.ToDateTimeOffset());
        first.DisplayName = "c";
        (await Should.ThrowAsync<StatusException>(() => Update(first))).Code.ShouldBe(Code.Aborted);
        (await Store.GetAsync<Model>(Models, second.Name)).DisplayName.ShouldBe("b");
    }

    [Fact]
    public async Task work_that_throws_leaves_nothing_and_disturbs_no_other()
    {
        var good = Insert(new Model { Name = $"{Parent}/models/good" });
        var bad = Store.WriteAsync<Model>(session =>
        {
            Store.Insert(session, Models, new Model { Name = $"{Parent}/models/bad" });
            throw new InvalidOperationException("on purpose");
        });
        await Should.ThrowAsync<InvalidOperationException>(() => bad);
        await good;
        (await Store.FindAsync<Model>(Models, $"{Parent}/models/bad")).ShouldBeNull();
        (await Store.FindAsync<Model>(Models, $"{Parent}/models/good")).ShouldNotBeNull();
    }

    [Fact]
    public async Task a_deleted_resource_is_gone_with_its_labels()
    {
        await Insert(new Model { Name = $"{Parent}/models/1", Labels = { ["a"] = "b" } });
        (await Store.WriteAsync(session => Store.Delete(session, Models, $"{Parent}/models/1"))).ShouldBeTrue();
        (await Store.WriteAsync(session => Store.Delete(session, Models, $"{Parent}/models/1"))).ShouldBeFalse();
        await Insert(new Model { Name = $"{Parent}/models/1", Labels = { ["a"] = "c" } });
        (await List<Model>(Models, "labels.a=b")).ShouldBeEmpty();
        (await List<Model>(Models, "labels.a=c")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task a_name_with_another_kind_is_not_found()
    {
        await Insert(new Model { Name = $"{Parent}/models/1" });
        (await Store.FindAsync<CustomJob>(Jobs, $"{Parent}/models/1")).ShouldBeNull();
    }

    [Fact]
    public async Task text_with_a_nul_is_refused() =>
        (
            await Should.ThrowAsync<StatusException>(() => Insert(new Model { Name = $"{Parent}/models/1", DisplayName = "a\0b" }))
        ).Code.ShouldBe(Code.InvalidArgument);

    [Fact]
    public async Task many_are_found_and_matched_by_name()
    {
        await Fill();
        string[] names = [$"{Parent}/customJobs/1", $"{Parent}/customJobs/2", $"{Parent}/customJobs/9"];
        var (found, matched, none) = await Database.ReadAsync(session =>
            (
                Store.FindMany<CustomJob>(session, Jobs, names),
                Store.Match(session, Jobs, names, "state=JOB_STATE_RUNNING"),
                Store.Match(session, Models, names, "")
            )
        );
        found.Select(static job => job.DisplayName).Order().ShouldBe(["alpha", "beta"]);
        matched.ShouldBe([$"{Parent}/customJobs/2"]);
        none.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_resource_that_was_put_away_leaves_the_listing_and_comes_back_whole()
    {
        var away = Models with { Name = "ArchivedModel" };
        var stored = await Insert(
            new Model
            {
                Name = $"{Parent}/models/1",
                DisplayName = "first",
                Labels = { ["env"] = "prod" },
            }
        );
        (await Store.WriteAsync(session => Store.Move(session, Models, away, stored.Name))).ShouldBeTrue();
        (await Store.FindAsync<Model>(Models, stored.Name)).ShouldBeNull();
        (await List<Model>(Models, "")).ShouldBeEmpty();
        (await Store.WriteAsync(session => Store.Move(session, Models, away, stored.Name))).ShouldBeFalse();
        await Store.WriteAsync(session => Store.Move(session, away, Models, stored.Name));
        (await List<Model>(Models, "labels.env=prod")).Single().ShouldBe(stored);
    }

    /// <summary>Two resources and a change of a third in one transaction: all of it is there, or nothing.</summary>
    [Fact]
    public async Task a_write_is_whole_or_absent_whatever_step_of_it_fails()
    {
        var faulty = new FaultyDatabase(Database);
        var failing = new ResourceStore(faulty, TimeProvider.System);
        var counter = await Insert(new Model { Name = $"{Parent}/models/counter", DisplayName = "-1" });
        var failures = new List<string?>();
        for (var step = 0; ; step++)
        {
            faulty.FailAfter(step);
            var acknowledged = true;
            try
            {
                await failing.WriteAsync(session =>
                {
                    failing.Insert(session, Models, new Model { Name = $"{Parent}/models/a{step}" });
                    failing.Update(session, Models, new Model { Name = counter.Name, DisplayName = $"{step}" });
                    return failing.Insert(session, Models, new Model { Name = $"{Parent}/models/b{step}" });
                });
            }
            catch (IOException)
            {
                acknowledged = false;
            }

            var names = (await List<Model>(Models, "")).Select(static model => model.Name).ToHashSet();
            bool[] there =
            [
                names.Contains($"{Parent}/models/a{step}"),
                names.Contains($"{Parent}/models/b{step}"),
                (await Store.GetAsync<Model>(Models, counter.Name)).DisplayName == $"{step}",
            ];
            there
                .Distinct()
                .ShouldHaveSingleItem()
                .ShouldBe(acknowledged || faulty.Failure == "after commit", $"step {step}: {faulty.Failure}");
            if (acknowledged)
            {
                break;
            }

            failures.Add(faulty.Failure);
        }

        failures.ShouldContain("before commit");
        failures.ShouldContain("after commit");
        failures.Count.ShouldBeGreaterThan(4);
    }

    private Task<Model> Update(Model model) => Store.WriteAsync(session => Store.Update(session, Models, model));
}

public sealed class ResourceStoreOnSqlite(SqliteFixture fixture) : ResourceStoreConformance(fixture), IClassFixture<SqliteFixture>;

public sealed class ResourceStoreOnPostgreSql(PostgresFixture fixture) : ResourceStoreConformance(fixture), IClassFixture<PostgresFixture>;
