"""Tokens: what opens what, what is kept of them, and what is said to the rest."""

from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from api import errors
from core.access.dependency import require
from core.access.schemas import Access, Role
from core.access.service import authenticate, create_token, revoke_token, tokens
from core.database import Connection, unit_of_work
from core.errors import ForbiddenError, InvalidInputError, NotFoundError


def test_a_token_opens_what_it_was_made_for(connection: Connection) -> None:
    token = create_token(connection, "Lotus", Role.CATALOGUE, "lotus")
    assert token.startswith("tb_")
    assert len(token) > 40
    assert authenticate(connection, token) == Access("Lotus", Role.CATALOGUE, "lotus")


def test_two_tokens_are_never_the_same(connection: Connection) -> None:
    made = {create_token(connection, f"n{number}", Role.ADMIN) for number in range(20)}
    assert len(made) == 20


@pytest.mark.parametrize("wrong", ["", "tb_", "tb_x", "x", "tb_ü\x00", "tb_" + "x" * 100_000])
def test_what_is_no_token_opens_nothing(connection: Connection, wrong: str) -> None:
    token = create_token(connection, "Lotus", Role.ADMIN)
    assert authenticate(connection, wrong) is None
    assert authenticate(connection, token.upper()) is None
    assert authenticate(connection, token[:-1]) is None
    assert authenticate(connection, token.removeprefix("tb_")) is None


def test_the_database_cannot_give_a_token_away(connection: Connection) -> None:
    token = create_token(connection, "Lotus", Role.ADMIN)
    stored = connection.execute("select t::text as row from api_tokens t").fetchone()
    assert stored is not None
    assert token.removeprefix("tb_") not in stored["row"]


def test_a_revoked_token_opens_nothing_and_its_name_is_free_again(connection: Connection) -> None:
    old = create_token(connection, "Lotus", Role.ADMIN)
    with pytest.raises(InvalidInputError, match="already"):
        create_token(connection, " Lotus ", Role.ADMIN)
    revoke_token(connection, "Lotus")
    new = create_token(connection, "Lotus", Role.ADMIN)
    assert authenticate(connection, old) is None
    assert authenticate(connection, new) is not None
    assert [token.revoked_at is None for token in tokens(connection)] == [True, False]


def test_the_first_use_is_noted(connection: Connection) -> None:
    token = create_token(connection, "Lotus", Role.ADMIN)
    assert tokens(connection)[0].last_used_at is None
    authenticate(connection, token)
    assert tokens(connection)[0].last_used_at is not None


def test_a_use_is_noted_to_the_minute(connection: Connection) -> None:
    token = create_token(connection, "Lotus", Role.ADMIN)
    for ago, moves in (("10 seconds", False), ("2 minutes", True)):
        connection.execute(
            "update api_tokens set last_used_at = now() - %s::interval",
            [ago],
        )
        before = tokens(connection)[0].last_used_at
        authenticate(connection, token)
        assert (tokens(connection)[0].last_used_at != before) is moves


def test_revoking_what_is_not_there_is_said_so(connection: Connection) -> None:
    with pytest.raises(NotFoundError, match="no token named 'nobody'"):
        revoke_token(connection, "nobody")


@pytest.mark.parametrize("name", ["", "  ", "\0", "a\x1b[31mb", "x" * 101])
def test_a_name_must_be_readable(connection: Connection, name: str) -> None:
    with pytest.raises(InvalidInputError, match="name: 1 to 100"):
        create_token(connection, name, Role.ADMIN)
    with pytest.raises(InvalidInputError, match="provider: 1 to 100"):
        create_token(connection, "Lotus", Role.CATALOGUE, name)


def test_who_may_do_everything_is_not_bound_to_a_provider(connection: Connection) -> None:
    with pytest.raises(InvalidInputError, match="only the role catalogue"):
        create_token(connection, "Lotus", Role.ADMIN, "lotus")


def test_a_provider_may_not_touch_the_feed_of_another() -> None:
    bound = Access("Lotus", Role.CATALOGUE, "lotus")
    bound.insist_on_provider("lotus")
    for other in ("Lotus", "orchid", None):
        with pytest.raises(ForbiddenError, match="only for the provider lotus"):
            bound.insist_on_provider(other)
    Access("anybody's", Role.CATALOGUE).insist_on_provider("orchid")


def test_roles_do_not_reach_above_themselves() -> None:
    Access("boss", Role.ADMIN).insist_on_role(Role.CATALOGUE)
    with pytest.raises(ForbiddenError, match="role admin"):
        Access("Lotus", Role.CATALOGUE).insist_on_role(Role.ADMIN)


@pytest.fixture
def client(database_url: str) -> Iterator[TestClient]:
    """A client of an application with a door for each role."""
    app = FastAPI()
    errors.install(app)

    @app.get("/feeds")
    def feeds(access: Annotated[Access, Depends(require(Role.CATALOGUE))]) -> str:
        return access.name

    @app.get("/everything")
    def everything(access: Annotated[Access, Depends(require(Role.ADMIN))]) -> str:
        return access.name

    with TestClient(app) as client:
        yield client


def made(name: str, role: Role) -> dict[str, str]:
    """Make a token, and return the header that shows it."""
    with unit_of_work() as unit:
        return {"Authorization": f"Bearer {create_token(unit.connection, name, role)}"}


def test_a_request_with_a_token_goes_through(client: TestClient) -> None:
    headers = made("Lotus", Role.CATALOGUE)
    assert client.get("/feeds", headers=headers).json() == "Lotus"
    assert client.get("/feeds", headers=made("boss", Role.ADMIN)).json() == "boss"


@pytest.mark.parametrize(
    "authorization",
    [None, "Basic YTpi", "Bearer", "Bearer x", "Bearer tb_x", "tb_x", "Bearer tb_ü"],
)
def test_a_request_without_a_valid_token_is_told_what_to_send(
    client: TestClient, authorization: str | None
) -> None:
    headers = [(b"Authorization", authorization.encode())] if authorization else []
    answer = client.get("/feeds", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_with_another_role_is_forbidden(client: TestClient) -> None:
    answer = client.get("/everything", headers=made("Lotus", Role.CATALOGUE))
    assert answer.status_code == 403
    assert answer.json()["detail"] == "this needs a token with the role admin"


def test_a_revoked_token_is_no_longer_valid(client: TestClient) -> None:
    headers = made("Lotus", Role.CATALOGUE)
    with unit_of_work() as unit:
        revoke_token(unit.connection, "Lotus")
    answer = client.get("/feeds", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "this token is not valid"
