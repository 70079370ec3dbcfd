namespace Cairn.Data.Uploads;

/// <summary>Where a resumable upload stands.</summary>
public enum UploadState
{
    Active = 0,
    Published = 1,
    Cancelled = 2,
}
