"""The SQL of a traveller's account: the user, and what was recommended to them."""

from psycopg.rows import DictRow

from core.database import Connection


def lock(connection: Connection, user_id: int) -> bool:
    """Keep others from working for a user until the transaction ends; tell whether there is one."""
    row = connection.execute("select from users where id = %s for update", [user_id]).fetchone()
    return row is not None


def has_address(connection: Connection, user_id: int) -> bool:
    """Tell whether the channel knows a person, and keeps messages of theirs."""
    row = connection.execute(
        "select from channel_identities where user_id = %s limit 1", [user_id]
    ).fetchone()
    return row is not None


def forget_talk(connection: Connection, user_id: int) -> None:
    """Delete where the talk with a person stands."""
    connection.execute("delete from conversations where user_id = %s", [user_id])


def delete(connection: Connection, user_id: int) -> None:
    """Delete a user; all that is theirs goes with them."""
    connection.execute("delete from users where id = %s", [user_id])


def shown(connection: Connection, user_id: int, before: int | None, limit: int) -> list[DictRow]:
    """Return what was recommended, each with the thumb that stands.

    The newest list comes first, each list in its own order.

    Args:
        connection: an open transaction.
        user_id: the traveller.
        before: only what comes after the recommendation with this id in that order.
        limit: how many at most.
    """
    return connection.execute(
        """
        select shown.id, shown.package_id, tour.title, providers.name as provider, shown.shown_at,
               shown.rank, shown.score, shown.ranker, shown.parts, thumb.kind as thumb,
               tour.url is not null as has_page, tour.retired_at is null as is_offered
        from recommendations as shown
        join travel_packages as tour on tour.id = shown.package_id
        join providers on providers.id = tour.provider_id
        left join lateral (
            select kind from feedback
            where user_id = shown.user_id and package_id = shown.package_id
                and undone_at is null and kind in ('up', 'down')
            order by id desc limit 1) as thumb on true
        where shown.user_id = %(user)s and (
            %(before)s::bigint is null
            or (shown.shown_at, -shown.rank, -shown.id) < (
                select shown_at, -rank, -id from recommendations
                where id = %(before)s and user_id = %(user)s))
        order by shown.shown_at desc, shown.rank, shown.id limit %(limit)s
        """,
        {"user": user_id, "before": before, "limit": limit},
    ).fetchall()


def package_shown(connection: Connection, user_id: int, recommendation_id: int) -> int | None:
    """Return which tour one of a traveller's own recommendations was about."""
    row = connection.execute(
        "select package_id from recommendations where id = %s and user_id = %s",
        [recommendation_id, user_id],
    ).fetchone()
    return row["package_id"] if row else None
