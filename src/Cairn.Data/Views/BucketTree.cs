using Cairn.Kernel.Files;

namespace Cairn.Data.Views;

/// <summary>The steps on the file system that a bucket's folder is kept with.</summary>
internal static class BucketTree
{
    /// <summary>Makes a folder, replacing files that stand where it or its parents must be; never above <paramref name="top"/>.</summary>
    public static void MakeFolder(string top, string path)
    {
        for (var current = path; current.Length > top.Length; current = Path.GetDirectoryName(current)!)
        {
            if (File.Exists(current))
            {
                File.Delete(current);
            }
        }

        Directory.CreateDirectory(path);
    }

    /// <summary>
    /// Makes <paramref name="path"/> another name of the blob, atomically replacing what it named. Where links are impossible, the file is
    /// copied.
    /// </summary>
    /// <param name="blob">The blob's file; one that is gone already has been replaced, and the refresh that follows places the new
    /// one.</param>
    /// <param name="path">Where; its folder exists.</param>
    /// <param name="temporary">A free path on the same file system.</param>
    public static void Place(string blob, string path, string temporary)
    {
        if (Directory.Exists(path))
        {
            if (Directory.EnumerateFileSystemEntries(path).Any())
            {
                return;
            }

            Directory.Delete(path);
        }

        try
        {
            if (!HardLink.TryCreate(blob, temporary))
            {
                File.Copy(blob, temporary);
            }

            // rename(2) does nothing where both names are links to one file already, and would leave the temporary name.
            File.Move(temporary, path, overwrite: true);
        }
        catch (FileNotFoundException) { }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Deletes a file or an empty folder; false where the folder is not empty.</summary>
    public static bool Delete(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
        else if (Directory.Exists(path))
        {
            if (Directory.EnumerateFileSystemEntries(path).Any())
            {
                return false;
            }

            Directory.Delete(path);
        }

        return true;
    }
}
