-- migrate:up
create table users (
    id bigint generated always as identity primary key,
    language text not null default 'en',
    created_at timestamptz not null default now()
);

-- An address is a phone number or a channel's own opaque id. It is stored encrypted; the
-- keyed hash beside it is the only way to look one up.
create table channel_identities (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id) on delete cascade,
    channel text not null,
    address_index bytea not null,
    address_encrypted bytea not null,
    profile_name_encrypted bytea,
    reachable boolean not null default true,
    last_inbound_at timestamptz,
    created_at timestamptz not null default now(),
    unique (channel, address_index)
);
create index channel_identities_user on channel_identities (user_id);

create table consents (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id) on delete cascade,
    kind text not null check (kind in ('conversation', 'recommendations')),
    granted boolean not null,
    text_shown text not null,
    text_version text not null,
    channel text not null,
    recorded_at timestamptz not null default now()
);
create index consents_user on consents (user_id, recorded_at desc);

create table user_interests (
    user_id bigint primary key references users (id) on delete cascade,
    interests jsonb not null,
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
    updated_at timestamptz not null default now()
);

create table recommendations (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id) on delete cascade,
    package_id bigint not null references travel_packages (id) on delete cascade,
    rank integer not null check (rank > 0),
    score double precision not null,
    parts jsonb not null,
    ranker text not null,
    shown_at timestamptz not null default now()
);
create index recommendations_user on recommendations (user_id, shown_at desc);

-- migrate:down
-- forward only: a mistake is mended by the next migration
