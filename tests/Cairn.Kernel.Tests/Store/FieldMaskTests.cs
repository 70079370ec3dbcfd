using Cairn.Kernel.Errors;
using Cairn.Kernel.Store;
using Google.Protobuf.WellKnownTypes;

namespace Cairn.Kernel.Tests.Store;

public sealed class FieldMaskTests
{
    private static readonly Model Stored = new()
    {
        Name = "projects/p/locations/l/models/1",
        DisplayName = "old",
        Description = "kept",
        Labels = { ["a"] = "1", ["b"] = "2" },
        ContainerSpec = new ModelContainerSpec
        {
            ImageUri = "image",
            PredictRoute = "/old",
            Args = { "x", "y" },
        },
        VersionId = "7",
    };

    [Fact]
    public void only_what_the_mask_names_changes()
    {
        var result = Apply(
            new Model
            {
                Name = "other",
                DisplayName = "new",
                Description = "lost",
            },
            "display_name"
        );
        result.DisplayName.ShouldBe("new");
        result.Description.ShouldBe("kept");
        result.Name.ShouldBe(Stored.Name);
    }

    [Fact]
    public void both_spellings_are_understood() => Apply(new Model { DisplayName = "new" }, "displayName").DisplayName.ShouldBe("new");

    [Fact]
    public void a_masked_field_that_is_not_set_is_cleared()
    {
        var result = Apply(new Model(), "description", "labels", "container_spec.args");
        result.Description.ShouldBeEmpty();
        result.Labels.ShouldBeEmpty();
        result.ContainerSpec.Args.ShouldBeEmpty();
        result.ContainerSpec.ImageUri.ShouldBe("image");
    }

    [Fact]
    public void a_part_of_a_message_or_map_changes_alone()
    {
        var change = new Model
        {
            Labels = { ["a"] = "9" },
            ContainerSpec = new ModelContainerSpec { PredictRoute = "/new" },
        };
        var result = Apply(change, "labels.a", "labels.b", "container_spec.predict_route");
        result.Labels.ShouldBe(new Dictionary<string, string> { ["a"] = "9" });
        result.ContainerSpec.PredictRoute.ShouldBe("/new");
        result.ContainerSpec.ImageUri.ShouldBe("image");
    }

    [Fact]
    public void without_a_mask_what_is_set_is_taken()
    {
        var result = FieldMasks.Apply(Stored, new Model { DisplayName = "new" }, null);
        result.DisplayName.ShouldBe("new");
        result.Description.ShouldBe("kept");
    }

    [Fact]
    public void output_only_fields_stay_whatever_the_mask_says() =>
        Apply(new Model { VersionId = "99" }, "version_id").VersionId.ShouldBe("7");

    [Theory]
    [InlineData("nonsense")]
    [InlineData("display_name.x")]
    [InlineData("container_spec.nonsense")]
    public void a_path_that_leads_nowhere_is_refused(string path)
    {
        var error = Should.Throw<StatusException>(() => Apply(new Model(), path));
        error.Code.ShouldBe(Code.InvalidArgument);
        error.Message.ShouldContain(path);
    }

    private static Model Apply(Model change, params string[] paths) =>
        FieldMasks.Apply(Stored, change, new FieldMask { Paths = { paths } });
}
