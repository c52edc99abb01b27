-- migrate:up
-- What a tour can be filtered by, and what its score needs beside the vectors.
alter table travel_packages
    add column location_keys text[] not null default '{}',
    add column words text[] not null default '{}',
    add column countries text[] not null default '{}',
    add column price_usd double precision check (price_usd >= 0),
    add column available datemultirange not null default '{}',
    add column changed_in xid8 not null default pg_current_xact_id();
comment on column travel_packages.location_keys is
    'The folded names of its places, in the order of location_ids';
comment on column travel_packages.words is
    'The words of all its texts, folded, without a plural s';
comment on column travel_packages.price_usd is
    'What one person pays, by the dated rates with which the budget was encoded';
comment on column travel_packages.available is 'Days on which it leaves; empty where it is silent';
create index travel_packages_changed_in on travel_packages (changed_in);

-- The transaction that changed a tour last, and which tours are gone: a process that holds the
-- catalogue in memory asks for what its last look could not see.
create table removed_packages (
    package_id bigint primary key,
    changed_in xid8 not null default pg_current_xact_id()
);
create index removed_packages_changed_in on removed_packages (changed_in);

create function note_package_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        insert into removed_packages (package_id) values (old.id) on conflict do nothing;
        return old;
    end if;
    new.changed_in := pg_current_xact_id();
    return new;
end $$;
create trigger travel_packages_change before insert or update or delete on travel_packages
    for each row execute function note_package_change();

-- What the cosines of a text model mean.
create table encoders (
    name text primary key,
    unrelated real not null,
    alike real not null check (alike > unrelated)
);

alter table user_interests
    add column location_keys text[] not null default '{}',
    add column asked jsonb not null default '{}',
    add column weights jsonb not null default '{}',
    add column learned jsonb not null default '[]',
    drop column concepts;
comment on column user_interests.asked is
    'For each text criterion the concepts and the further words that are wished';
comment on column user_interests.weights is 'This traveller''s own weight of every criterion';
comment on column user_interests.learned is
    'What feedback has changed in the weights and vectors, and why';

create table feedback (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id) on delete cascade,
    package_id bigint not null references travel_packages (id) on delete cascade,
    kind text not null check (kind in ('up', 'down', 'click', 'more_like')),
    created_at timestamptz not null default now(),
    undone_at timestamptz
);
create index feedback_user on feedback (user_id, created_at desc) where undone_at is null;

-- migrate:down
-- forward only: a mistake is mended by the next migration
