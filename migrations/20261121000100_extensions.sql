-- migrate:up
-- pgvector holds one vector per criterion; see docs/decisions for the encoders.
create extension if not exists vector;

-- migrate:down
-- forward only: a mistake is mended by the next migration
