-- migrate:up
-- What a repeatable ingestion must remember of each tour, of each run, and of each provider.
alter table providers
    add column mapping text,
    add column source text,
    add column schedule text,
    add column enabled boolean not null default true,
    add column etags jsonb not null default '{}';
comment on column providers.mapping is 'How its columns become our fields, as YAML';
comment on column providers.source is 'Where its feed lies: an address or a path';
comment on column providers.schedule is 'When its feed is taken in, as five cron fields in UTC';
comment on column providers.etags is 'What each address said of its version when it was last read';

alter table travel_packages
    add column source_hash bytea,
    add column criterion_hashes jsonb not null default '{}',
    add column original jsonb not null default '{}',
    add column remarks jsonb not null default '[]',
    add column last_run_id bigint references ingestion_runs (id) on delete set null,
    add column retired_at timestamptz,
    add column signature bigint[] not null default '{}',
    add column duplicate_of bigint references travel_packages (id) on delete set null,
    add column duplicate_likeness real check (duplicate_likeness between 0 and 1),
    add check ((duplicate_of is null) = (duplicate_likeness is null)) not valid;
comment on column travel_packages.source_hash is
    'Of the record as it was read and the mapping; equal ones need not be looked at again';
comment on column travel_packages.criterion_hashes is
    'For each criterion the hash of what was encoded, so that only what changed is encoded again';
comment on column travel_packages.original is 'The values as the operator wrote them, by our field';
comment on column travel_packages.retired_at is
    'When it went missing from a complete feed: it is kept, but no longer recommended';
comment on column travel_packages.signature is
    'Hashes that near-copies probably share; see ingestion/duplicates.py';
comment on column travel_packages.duplicate_of is 'An older tour of which this is a near-copy';
create index travel_packages_signature on travel_packages using gin (signature)
    where retired_at is null;
create index travel_packages_duplicate_of on travel_packages (duplicate_of)
    where duplicate_of is not null;

create table price_history (
    package_id bigint not null references travel_packages (id) on delete cascade,
    seen_at timestamptz not null default now(),
    amount numeric,
    currency text,
    primary key (package_id, seen_at),
    check ((amount is null) = (currency is null))
);
comment on table price_history is 'What a tour cost from when on; null where it stopped saying';

create table accommodations (
    id bigint generated always as identity primary key,
    provider_id bigint not null references providers (id),
    external_id text not null,
    name text not null,
    description text,
    address text,
    city text,
    country text,
    location_id bigint,
    latitude double precision check (latitude between -90 and 90),
    longitude double precision check (longitude between -180 and 180),
    stars real check (stars between 0 and 7),
    rating real check (rating between 0 and 10),
    reviews integer check (reviews >= 0),
    price_amount numeric check (price_amount >= 0),
    price_currency text,
    price_usd double precision check (price_usd >= 0),
    amenities text[] not null default '{}',
    language text,
    url text,
    image text,
    fields jsonb not null,
    source_hash bytea not null,
    original jsonb not null default '{}',
    remarks jsonb not null default '[]',
    last_run_id bigint references ingestion_runs (id) on delete set null,
    retired_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (provider_id, external_id),
    check ((price_amount is null) = (price_currency is null)),
    check ((latitude is null) = (longitude is null))
);
comment on column accommodations.price_amount is 'For one night';
comment on column accommodations.rating is 'Of guests, from 0 to 10';
comment on column accommodations.location_id is 'The gazetteer''s place that it lies in';
create index accommodations_location on accommodations (location_id) where retired_at is null;

alter table ingestion_runs
    add column kind text not null default 'tours' check (kind in ('tours', 'accommodations')),
    add column state text not null default 'reading'
        check (state in ('queued', 'reading', 'storing', 'finished', 'stopped', 'failed', 'interrupted')),
    add column trigger text not null default 'command'
        check (trigger in ('command', 'upload', 'schedule')),
    add column location text,
    add column mapping text,
    add column complete boolean,
    add column fingerprint bytea,
    add column read integer not null default 0,
    add column warned integer not null default 0,
    add column retired integer not null default 0,
    add column returned integer not null default 0,
    add column report jsonb not null default '{}',
    add column error text;
comment on column ingestion_runs.location is
    'Where a worker finds the feed of a run that was asked for: a folder, a file or an address';
comment on column ingestion_runs.fingerprint is
    'Of the files, the mapping and all that makes vectors: equal ones have the same outcome';
comment on column ingestion_runs.report is 'Reasons, examples and shares, as they are shown';
update ingestion_runs set state = case when finished_at is null then 'interrupted' else 'finished' end;
create index ingestion_runs_provider on ingestion_runs (provider_id, id desc);
create index ingestion_runs_open on ingestion_runs (id)
    where state in ('queued', 'reading', 'storing');

-- A row of a reject may come from any of several files, and hold nothing that can be shown.
alter table ingestion_rejects add column source text not null default '';

alter table accommodations enable row level security;
alter table price_history enable row level security;
revoke all on accommodations, price_history from anon, authenticated;

-- migrate:down
-- forward only: a mistake is mended by the next migration
