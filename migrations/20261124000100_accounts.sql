-- migrate:up
-- Whoever signs in on the web. Name and e-mail address are encrypted; the keyed hash beside the
-- address finds whether it is known, and belongs to one account only.
alter table users
    add column role text not null default 'traveller'
        check (role in ('traveller', 'operator', 'admin')),
    add column name_encrypted bytea,
    add column email_encrypted bytea,
    add column email_index bytea unique check (length(email_index) = 32);

-- A number of the channel is a way to sign in, too; it stands in channel_identities.
create table login_methods (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id) on delete cascade,
    provider text not null check (provider in ('facebook')),
    subject_index bytea not null check (length(subject_index) = 32),
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    unique (provider, subject_index)
);
create index login_methods_user on login_methods (user_id);
comment on column login_methods.subject_index is 'Keyed hash of the person''s id with the provider';

-- One journey to a login provider and back. A row is taken once, by the browser that began it.
create table login_attempts (
    state_hash bytea primary key,
    browser_hash bytea not null,
    provider text not null,
    nonce text not null,
    verifier_encrypted bytea not null,
    return_to text not null,
    user_id bigint references users (id) on delete cascade,
    expires_at timestamptz not null
);
comment on column login_attempts.user_id is 'Who was signed in already and adds a way to sign in';

-- Somebody came from a provider with an e-mail address that another account has. Nothing is
-- linked until the same browser has signed in to that account.
create table pending_links (
    browser_hash bytea primary key,
    provider text not null,
    subject_index bytea not null,
    user_id bigint not null references users (id) on delete cascade,
    expires_at timestamptz not null
);
create index pending_links_user on pending_links (user_id);

create table sessions (
    id uuid primary key default gen_random_uuid(),
    user_id bigint not null references users (id) on delete cascade,
    method text not null check (method in ('facebook', 'whatsapp', 'guest')),
    device text not null,
    renewal_hash bytea not null unique,
    renewed_hash bytea,
    renewed_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    ended_at timestamptz,
    ended_because text
);
create index sessions_user on sessions (user_id);
create index sessions_renewed on sessions (renewed_hash) where renewed_hash is not null;
comment on column sessions.device is 'Browser and system by name, no more: "Firefox on Android"';
comment on column sessions.renewed_hash is
    'The renewal token before the present one: whoever shows it late has copied it';

create table one_time_codes (
    id bigint generated always as identity primary key,
    purpose text not null check (purpose in ('join', 'sign_in')),
    code_hash bytea not null check (length(code_hash) = 32),
    user_id bigint not null references users (id) on delete cascade,
    detail jsonb not null default '{}',
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    unique (purpose, code_hash)
);
create index one_time_codes_user on one_time_codes (user_id, purpose);
comment on column one_time_codes.code_hash is 'Keyed: a short code could be guessed from a plain one';

create table audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null check (actor in ('traveller', 'operator', 'admin', 'token', 'system')),
    actor_id text not null default '',
    action text not null,
    user_id bigint,
    detail jsonb not null default '{}'
);
comment on table audit_log is
    'Who read or changed whose personal data. It outlives the people in it, so it names them by '
    'number only and repeats nothing of what was read or written';
create index audit_log_user on audit_log (user_id, id desc);

create table tracked_links (
    token text primary key,
    user_id bigint not null references users (id) on delete cascade,
    package_id bigint not null references travel_packages (id) on delete cascade,
    created_at timestamptz not null default now(),
    unique (user_id, package_id)
);
create index tracked_links_package on tracked_links (package_id);

create table link_clicks (
    id bigint generated always as identity primary key,
    user_id bigint not null references users (id) on delete cascade,
    package_id bigint not null references travel_packages (id) on delete cascade,
    clicked_at timestamptz not null default now()
);
create index link_clicks_user on link_clicks (user_id, clicked_at desc);
create index link_clicks_package on link_clicks (package_id);

-- A write that was asked for twice with one key is done once, and answered alike.
create table idempotency_keys (
    owner text not null,
    key text not null,
    request_hash bytea not null,
    status smallint,
    body bytea,
    headers jsonb not null default '{}',
    created_at timestamptz not null default now(),
    primary key (owner, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- What a login provider asked us to delete, so that it can show how that went.
create table deletion_requests (
    code text primary key,
    provider text not null,
    user_id bigint,
    requested_at timestamptz not null default now()
);

-- What a traveller says matters most: factors on the weights of the ranking.
alter table user_interests add column importance jsonb not null default '{}';
comment on column user_interests.importance is
    'Factor by criterion; a criterion that is not named has the factor 1';

alter table login_methods enable row level security;
alter table login_attempts enable row level security;
alter table pending_links enable row level security;
alter table sessions enable row level security;
alter table one_time_codes enable row level security;
alter table audit_log enable row level security;
alter table tracked_links enable row level security;
alter table link_clicks enable row level security;
alter table idempotency_keys enable row level security;
alter table deletion_requests enable row level security;
revoke all on
    login_methods, login_attempts, pending_links, sessions, one_time_codes, audit_log,
    tracked_links, link_clicks, idempotency_keys, deletion_requests
from anon, authenticated;

-- What is a traveller's own they may read, and nobody else's.
grant select on saved_tours, push_schedules, consents, link_clicks to authenticated;
create policy own_saved_tours on saved_tours
    for select to authenticated using (user_id = (select current_traveller()));
create policy own_schedule on push_schedules
    for select to authenticated using (user_id = (select current_traveller()));
create policy own_consents on consents
    for select to authenticated using (user_id = (select current_traveller()));
create policy own_clicks on link_clicks
    for select to authenticated using (user_id = (select current_traveller()));

-- migrate:down
-- forward only: a mistake is mended by the next migration
