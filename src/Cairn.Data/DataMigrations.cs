using Cairn.Kernel.Database;

namespace Cairn.Data;

/// <summary>The tables of buckets, objects and unfinished uploads. Instants are microseconds since 1970.</summary>
public static class DataMigrations
{
    public static MigrationSet Set { get; } = new("data", [Objects, SettingsAndSoftDelete]);

    // An object's row with `deleted` NULL is the live one; others are noncurrent generations of a versioned bucket. The commit of a row
    // publishes its blob.
    private const string Objects = """
        CREATE TABLE data_buckets (
            name {text} PRIMARY KEY,
            project {text} NOT NULL,
            location TEXT NOT NULL,
            storage_class TEXT NOT NULL,
            metageneration BIGINT NOT NULL,
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL,
            versioning BIGINT NOT NULL,
            labels TEXT NOT NULL,
            policy TEXT,
            generation_floor BIGINT NOT NULL
        );
        CREATE INDEX data_buckets_project ON data_buckets (project, name);
        CREATE TABLE data_objects (
            bucket {text} NOT NULL,
            name {text} NOT NULL,
            generation BIGINT NOT NULL,
            metageneration BIGINT NOT NULL,
            size BIGINT NOT NULL,
            crc32c BIGINT NOT NULL,
            md5 TEXT,
            components BIGINT,
            blob {text} NOT NULL,
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL,
            deleted BIGINT,
            metadata TEXT NOT NULL,
            PRIMARY KEY (bucket, name, generation)
        );
        CREATE UNIQUE INDEX data_objects_live ON data_objects (bucket, name) WHERE deleted IS NULL;
        CREATE INDEX data_objects_blob ON data_objects (blob);
        CREATE TABLE data_uploads (
            id {text} PRIMARY KEY,
            bucket {text} NOT NULL,
            name {text} NOT NULL,
            request TEXT NOT NULL,
            received BIGINT NOT NULL,
            state BIGINT NOT NULL,
            generation BIGINT,
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL
        );
        CREATE INDEX data_uploads_bucket ON data_uploads (bucket);
        CREATE INDEX data_uploads_updated ON data_uploads (updated);
        CREATE TABLE data_upload_parts (
            upload {text} NOT NULL,
            start BIGINT NOT NULL,
            length BIGINT NOT NULL,
            crc32c BIGINT NOT NULL,
            md5 TEXT NOT NULL,
            blob {text} NOT NULL,
            PRIMARY KEY (upload, start)
        );
        CREATE INDEX data_upload_parts_blob ON data_upload_parts (blob)
        """;

    // A bucket's `created` tells it apart from earlier buckets of its name, whose soft-deleted objects are not the new owner's.
    private const string SettingsAndSoftDelete = """
        ALTER TABLE data_buckets ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
        CREATE TABLE data_deleted_buckets (
            name {text} NOT NULL,
            project {text} NOT NULL,
            location TEXT NOT NULL,
            storage_class TEXT NOT NULL,
            metageneration BIGINT NOT NULL,
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL,
            versioning BIGINT NOT NULL,
            labels TEXT NOT NULL,
            policy TEXT,
            generation_floor BIGINT NOT NULL,
            settings TEXT NOT NULL,
            soft_deleted BIGINT NOT NULL,
            hard_delete BIGINT NOT NULL,
            PRIMARY KEY (name, created)
        );
        CREATE INDEX data_deleted_buckets_project ON data_deleted_buckets (project, name, created);
        CREATE INDEX data_deleted_buckets_due ON data_deleted_buckets (hard_delete);
        CREATE TABLE data_deleted_objects (
            bucket {text} NOT NULL,
            bucket_created BIGINT NOT NULL,
            name {text} NOT NULL,
            generation BIGINT NOT NULL,
            metageneration BIGINT NOT NULL,
            size BIGINT NOT NULL,
            crc32c BIGINT NOT NULL,
            md5 TEXT,
            components BIGINT,
            blob {text} NOT NULL,
            created BIGINT NOT NULL,
            updated BIGINT NOT NULL,
            deleted BIGINT,
            metadata TEXT NOT NULL,
            soft_deleted BIGINT NOT NULL,
            hard_delete BIGINT NOT NULL,
            PRIMARY KEY (bucket, bucket_created, name, generation)
        );
        CREATE INDEX data_deleted_objects_blob ON data_deleted_objects (blob);
        CREATE INDEX data_deleted_objects_due ON data_deleted_objects (hard_delete);
        CREATE INDEX data_uploads_active ON data_uploads (bucket, id) WHERE state = 0
        """;
}
