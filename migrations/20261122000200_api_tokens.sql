-- migrate:up
create table api_tokens (
    id bigint generated always as identity primary key,
    name text not null,
    role text not null check (role in ('catalogue', 'admin')),
    provider text,
    token_hash bytea not null unique check (length(token_hash) = 32),
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz,
    check (provider is null or role = 'catalogue')
);
comment on column api_tokens.provider is 'The only one whose feed it is good for; null is any';
comment on column api_tokens.token_hash is
    'SHA-256; the token itself is 256 random bits, shown once and kept nowhere';
-- A revoked token's name may be used again.
create unique index api_tokens_name on api_tokens (name) where revoked_at is null;

alter table api_tokens enable row level security;
revoke all on api_tokens from anon, authenticated;

-- migrate:down
-- forward only: a mistake is mended by the next migration
