-- migrate:up
create table locations (
    id bigint primary key,
    name text not null,
    kind text not null check (kind in ('country', 'region', 'province', 'city', 'site')),
    country text not null,
    latitude double precision not null check (latitude between -90 and 90),
    longitude double precision not null check (longitude between -180 and 180),
    parents bigint[] not null default '{}',
    population bigint not null default 0
);
comment on table locations is 'The gazetteer''s places that tours visit or travellers wish for';

create table providers (
    id bigint generated always as identity primary key,
    name text not null unique,
    created_at timestamptz not null default now()
);

-- Vectors have no fixed size where the text model decides it; `encoder` says what made them.
create table travel_packages (
    id bigint generated always as identity primary key,
    provider_id bigint not null references providers (id),
    external_id text not null,
    title text not null,
    description text,
    locations text[] not null default '{}',
    country text,
    language text,
    duration_days double precision check (duration_days > 0),
    price_amount numeric check (price_amount >= 0),
    price_currency text,
    transportation text,
    food text,
    activities text,
    accommodation text,
    notes text,
    url text,
    image text,
    fields jsonb not null,
    content_hash bytea not null,
    encoder text not null,
    location_ids bigint[] not null default '{}',
    concepts text[] not null default '{}',
    location_embedding vector(3)[],
    duration_embedding vector(128),
    budget_embedding vector(128),
    transportation_embedding vector,
    food_embedding vector,
    activities_embedding vector,
    accommodation_notes_embedding vector,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (provider_id, external_id),
    check ((price_amount is null) = (price_currency is null))
);
create index travel_packages_updated_at on travel_packages (updated_at);
comment on column travel_packages.location_embedding is
    'One unit vector on the sphere for each place visited; its cosine is the distance';

create table embedding_cache (
    model text not null,
    text_hash bytea not null,
    embedding vector not null,
    primary key (model, text_hash)
);
comment on table embedding_cache is 'Vectors of texts already embedded, so that none is embedded twice';

create table ingestion_runs (
    id bigint generated always as identity primary key,
    provider_id bigint references providers (id),
    source text not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    inserted integer not null default 0,
    updated integer not null default 0,
    unchanged integer not null default 0,
    rejected integer not null default 0
);

create table ingestion_rejects (
    id bigint generated always as identity primary key,
    run_id bigint not null references ingestion_runs (id) on delete cascade,
    line integer not null,
    reason text not null,
    content text not null
);
create index ingestion_rejects_run on ingestion_rejects (run_id);

-- migrate:down
-- forward only: a mistake is mended by the next migration
