-- migrate:up
-- Tours that a traveller wants to find again; the newest comes first.
create table saved_tours (
    user_id bigint not null references users (id) on delete cascade,
    package_id bigint not null references travel_packages (id) on delete cascade,
    created_at timestamptz not null default now(),
    primary key (user_id, package_id)
);
create index saved_tours_package on saved_tours (package_id);

alter table saved_tours enable row level security;
revoke all on saved_tours from anon, authenticated;

-- migrate:down
-- forward only: a mistake is mended by the next migration
