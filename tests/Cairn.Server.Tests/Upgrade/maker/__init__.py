"""Makes the data folder of an older version."""
