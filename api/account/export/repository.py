"""The SQL of what is stored about a person, in every table that knows them."""

from collections.abc import Mapping
from typing import LiteralString

from psycopg.rows import DictRow

from core.database import Connection

QUERIES: Mapping[str, LiteralString] = {
    "users": """
        select id, language, role, name_encrypted, email_encrypted, auth_id, created_at,
               erase_requested_at
        from users where id = %(user)s""",
    "channel_identities": """
        select id, channel, address_encrypted, profile_name_encrypted, reachable, created_at,
               last_inbound_at, window_shut_at
        from channel_identities where user_id = %(user)s order by id""",
    "login_methods": """
        select id, provider, created_at, last_used_at
        from login_methods where user_id = %(user)s order by id""",
    "login_attempts": """
        select provider, return_to, expires_at
        from login_attempts where user_id = %(user)s order by expires_at""",
    "pending_links": """
        select provider, expires_at
        from pending_links where user_id = %(user)s order by expires_at""",
    "sessions": """
        select id, method, device, created_at, last_seen_at, renewed_at, expires_at, ended_at,
               ended_because
        from sessions where user_id = %(user)s order by created_at, id""",
    "one_time_codes": """
        select id, purpose, detail, created_at, expires_at, used_at
        from one_time_codes where user_id = %(user)s order by id""",
    "user_interests": """
        select interests, importance, weights, learned, asked, location_ids, location_keys,
               encoder, updated_at
        from user_interests where user_id = %(user)s""",
    "push_schedules": """
        select rhythm, weekday, hour, time_zone, active, paused_until, next_due_at, last_sent_at,
               unread, created_at, updated_at
        from push_schedules where user_id = %(user)s""",
    "pushes": """
        select id, due_at, outcome, reason, outbound_id, decided_at
        from pushes where user_id = %(user)s order by id""",
    "consents": """
        select id, kind, granted, text_shown, text_version, channel, recorded_at
        from consents where user_id = %(user)s order by id""",
    "recommendations": """
        select shown.id, package_id, title, rank, score, parts, ranker, shown_at
        from recommendations as shown join travel_packages on travel_packages.id = package_id
        where user_id = %(user)s order by shown.id""",
    "feedback": """
        select feedback.id, package_id, title, kind, feedback.created_at, undone_at
        from feedback join travel_packages on travel_packages.id = package_id
        where user_id = %(user)s order by feedback.id""",
    "saved_tours": """
        select package_id, title, saved_tours.created_at
        from saved_tours join travel_packages on travel_packages.id = package_id
        where user_id = %(user)s order by saved_tours.created_at, package_id""",
    "tracked_links": """
        select token, package_id, title, tracked_links.created_at
        from tracked_links join travel_packages on travel_packages.id = package_id
        where user_id = %(user)s order by tracked_links.created_at, package_id""",
    "link_clicks": """
        select link_clicks.id, package_id, title, clicked_at
        from link_clicks join travel_packages on travel_packages.id = package_id
        where user_id = %(user)s order by link_clicks.id""",
    "conversations": """
        select state, updated_at from conversations where user_id = %(user)s""",
    "inbound_messages": """
        select id, identity_id, channel, provider, provider_sid, payload_encrypted,
               transcript_encrypted, received_at, processed_at, attempts, not_before, last_error,
               settled_at, hearings, erased_at
        from inbound_messages where identity_id in (
            select id from channel_identities where user_id = %(user)s)
        order by id""",
    "outbound_messages": """
        select id, identity_id, inbound_id, position, priority, content, template, status,
               provider_sid, error_code, attempts, copy_of, not_before, not_after, claimed_at,
               settled_at, erased_at, created_at, updated_at
        from outbound_messages where identity_id in (
            select id from channel_identities where user_id = %(user)s)
        order by id""",
    "message_events": """
        select event.id, outbound_id, event.status, event.error_code, received_at
        from message_events as event
        join outbound_messages as message on message.id = outbound_id
        where identity_id in (
            select id from channel_identities where user_id = %(user)s)
        order by event.id""",
    "handovers": """
        select id, reason, opened_at, last_staff_at, closed_at
        from handovers where user_id = %(user)s order by id""",
    "idempotency_keys": """
        select key, status, body, headers, created_at
        from idempotency_keys where owner = 'user:' || %(user)s order by created_at, key""",
    "deletion_requests": """
        select code, provider, requested_at
        from deletion_requests where user_id = %(user)s order by requested_at, code""",
    "audit_log": """
        select id, at, actor, actor_id, action, detail
        from audit_log where user_id = %(user)s order by id""",
}
"""For every table what is handed out of it, by its columns' names."""

LEFT_OUT: Mapping[str, frozenset[str]] = {
    "users": frozenset({"email_index"}),
    "channel_identities": frozenset({"address_index"}),
    "login_methods": frozenset({"subject_index"}),
    "login_attempts": frozenset({"state_hash", "browser_hash", "nonce", "verifier_encrypted"}),
    "pending_links": frozenset({"browser_hash", "subject_index"}),
    "sessions": frozenset({"renewal_hash", "renewed_hash"}),
    "one_time_codes": frozenset({"code_hash"}),
    "idempotency_keys": frozenset({"owner", "request_hash"}),
    "user_interests": frozenset(
        {
            "location_embedding", "duration_embedding", "budget_embedding",
            "transportation_embedding", "food_embedding", "activities_embedding",
            "accommodation_notes_embedding",
        }
    ),
}  # fmt: skip
"""What says nothing to a reader: keyed hashes and secrets that protect the account itself, and
vectors, which are computed from the wishes and from what was learned."""


def rows(connection: Connection, user_id: int) -> dict[str, list[DictRow]]:
    """Return all rows about a person by table, as they are stored."""
    return {
        name: connection.execute(query, {"user": user_id}).fetchall()
        for name, query in QUERIES.items()
    }
