namespace Cairn.Data.Gcs;

/// <summary>How an object's stored bytes are sent.</summary>
internal enum MediaForm
{
    /// <summary>With the <c>Content-Encoding</c> that its metadata says.</summary>
    AsStored,

    /// <summary>Inflated: the object is stored as gzip, and the client does not take that.</summary>
    Inflated,

    /// <summary>As they are, and without saying gzip, which the metadata says and the bytes are not.</summary>
    NotGzip,
}
