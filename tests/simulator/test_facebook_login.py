"""Signing in with the stand-in for Facebook, as an app does it with Authlib."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from simulator.server import running
from simulator.settings import Settings
from tests.simulator.facebook import (
    APP,
    CALLBACK,
    ONE,
    SECRET,
    VERIFIER,
    WITHOUT_EMAIL,
    begin,
    decide,
    exchange,
    proof,
    sent_to,
)


def claims_of(facebook: httpx.Client, token: dict[str, object]) -> dict[str, object]:
    keys = facebook.get("/facebook/.well-known/oauth/openid/jwks/").json()
    assert not {"d", "p", "q"} & set(keys["keys"][0]), "only the public part"
    return dict(jwt.decode(str(token["id_token"]), KeySet.import_key_set(keys)).claims)


def test_an_app_learns_who_signed_in(facebook: httpx.Client, app: OAuth2Client) -> None:
    answer = decide(facebook, begin(app))
    assert sent_to(answer)["state"] == "s t&="
    token = exchange(app, answer)
    assert token["token_type"] == "bearer"
    claims = claims_of(facebook, token)
    assert (claims["iss"], claims["aud"], claims["sub"]) == ("https://www.facebook.com", APP, ONE)
    assert (claims["nonce"], claims["email"]) == ("once", "one@travellers.example")
    assert int(str(claims["exp"])) > int(str(claims["iat"]))
    shown = app.get(
        "/facebook/v23.0/me",
        params={
            "fields": "id,name,email",
            "access_token": str(token["access_token"]),
            "appsecret_proof": proof(token["access_token"]),
        },
    ).json()
    assert shown == {"id": ONE, "name": "Traveller One", "email": "one@travellers.example"}


def test_an_app_asks_by_get_and_without_a_version_too(
    facebook: httpx.Client, app: OAuth2Client
) -> None:
    code = sent_to(decide(facebook, begin(app).replace("/v23.0", "")))["code"]
    query = {"client_id": APP, "client_secret": SECRET, "redirect_uri": CALLBACK, "code": code}
    answer = facebook.get(
        "/facebook/oauth/access_token", params={**query, "code_verifier": VERIFIER}
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert facebook.get("/facebook/me", headers=bearer).json()["id"] == ONE


def test_without_the_scope_openid_there_is_no_id_token(
    facebook: httpx.Client, app: OAuth2Client
) -> None:
    token = exchange(app, decide(facebook, begin(app, scope="email,public_profile")))
    assert "id_token" not in token


def test_a_refusal_is_told_as_facebook_does(facebook: httpx.Client, app: OAuth2Client) -> None:
    told = sent_to(decide(facebook, begin(app), decision="cancel"))
    assert (told["error"], told["error_reason"]) == ("access_denied", "user_denied")
    assert told["state"] == "s t&="
    assert told["error_description"]
    assert "code" not in told


@pytest.mark.parametrize("choice", [{"share_email": ""}, {"person": WITHOUT_EMAIL}])
def test_an_address_that_is_not_shared_is_missing_everywhere(
    facebook: httpx.Client, app: OAuth2Client, choice: dict[str, str]
) -> None:
    token = exchange(app, decide(facebook, begin(app), **choice))
    assert "email" not in claims_of(facebook, token)
    query = {"fields": "name,email", "access_token": str(token["access_token"])}
    assert set(facebook.get("/facebook/me", params=query).json()) == {"id", "name"}


def test_somebody_else_types_a_name_and_is_the_same_person_next_time(
    facebook: httpx.Client, app: OAuth2Client
) -> None:
    typed = {"person": "new", "name": "  Traveller   Nine ", "email": "nine@travellers.example"}
    tokens = [exchange(app, decide(facebook, begin(app), **typed)) for _ in range(2)]
    first, second = (claims_of(facebook, token) for token in tokens)
    assert first["name"] == "Traveller Nine"
    assert first["sub"] == second["sub"] != ONE


@pytest.mark.parametrize(
    "typed",
    [
        {"person": "new", "name": " "},
        {"person": "new", "name": "x" * 101},
        {"person": "new", "name": "Nine", "email": "nine"},
        {"person": "5"},
    ],
)
def test_a_choice_that_cannot_be_is_asked_again_and_what_was_typed_is_kept(
    facebook: httpx.Client, app: OAuth2Client, typed: dict[str, str]
) -> None:
    answer = decide(facebook, begin(app), **typed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert f'value="{typed.get("name", "")}"' in answer.text


@pytest.mark.parametrize(
    "forged",
    [
        "https://evil.example/login",
        "http://127.0.0.1:8000@evil.example/",
        "http://127.0.0.1.evil.example/",
        "javascript:alert(1)",
        "http://127.0.0.1:8000/;script-src *",
        "http://127.0.0.1:99999999/",
        "//evil.example",
        "",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(
    facebook: httpx.Client, forged: str
) -> None:
    query = {"client_id": APP, "redirect_uri": forged, "state": "s", "response_type": "code"}
    shown = facebook.get("/facebook/dialog/oauth", params=query)
    decided = facebook.post(
        "/facebook/dialog/oauth", data={**query, "person": ONE, "decision": "continue"}
    )
    for answer in (shown, decided):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "URL blocked" in answer.text


def test_a_list_of_addresses_is_taken_by_the_letter(facebook_settings: Settings) -> None:
    listed = "https://tours.example/callback"
    with (
        running(replace(facebook_settings, facebook_redirects=(listed,))) as base,
        httpx.Client(base_url=base, trust_env=False) as http,
    ):
        statuses = [
            http.get(
                "/facebook/dialog/oauth", params={"client_id": APP, "redirect_uri": address}
            ).status_code
            for address in (listed, f"{listed}/", CALLBACK)
        ]
    assert statuses == [200, 400, 400]


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "1"},
        {"scope": "email user_friends"},
        {"code_challenge": "x" * 43, "code_challenge_method": "plain"},
        {"code_challenge": "x"},
        {"state": "x" * 2049},
    ],
)
def test_a_dialog_that_is_not_in_order_says_why(
    facebook: httpx.Client, wrong: dict[str, str]
) -> None:
    query = {"client_id": APP, "redirect_uri": CALLBACK, "code_challenge_method": "S256", **wrong}
    answer = facebook.get("/facebook/dialog/oauth", params=query)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_only_codes_are_given_out(facebook: httpx.Client) -> None:
    query = {"client_id": APP, "redirect_uri": CALLBACK, "response_type": "token", "state": "s"}
    told = sent_to(facebook.get("/facebook/dialog/oauth", params=query))
    assert told == {"error": "unsupported_response_type", "state": "s"}


def test_a_code_is_good_once(facebook: httpx.Client, app: OAuth2Client) -> None:
    answer = decide(facebook, begin(app))
    exchange(app, answer)
    with pytest.raises(OAuthError):
        exchange(app, answer)


def refusal(facebook: httpx.Client, app: OAuth2Client, **wrong: str) -> dict[str, object]:
    """Return Facebook's error for an exchange that is right but for *wrong*."""
    code = sent_to(decide(facebook, begin(app)))["code"]
    right = {"client_id": APP, "client_secret": SECRET, "redirect_uri": CALLBACK, "code": code}
    form = {**right, "code_verifier": VERIFIER, **wrong}
    answer = facebook.post("/facebook/oauth/access_token", data=form)
    assert answer.status_code == 400
    error = dict(answer.json()["error"])
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"]
    return error


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code": "AQ-never-given"}, 100),
        ({"redirect_uri": f"{CALLBACK}/"}, 100),
        ({"code_verifier": "w" * 64}, 100),
        ({"code_verifier": ""}, 100),
        ({"client_secret": "another"}, 1),
        ({"client_id": "1"}, 101),
    ],
)
def test_an_exchange_that_does_not_fit_is_refused(
    facebook: httpx.Client, app: OAuth2Client, wrong: dict[str, str], code: int
) -> None:
    assert refusal(facebook, app, **wrong)["code"] == code


def test_a_verifier_stands_in_for_the_secret_but_nothing_does_for_both(
    facebook: httpx.Client, app: OAuth2Client
) -> None:
    plain = {"client_id": APP, "redirect_uri": CALLBACK}
    code = sent_to(decide(facebook, begin(app)))["code"]
    form = {**plain, "code": code, "code_verifier": VERIFIER}
    assert facebook.post("/facebook/oauth/access_token", data=form).status_code == 200
    address = f"/facebook/dialog/oauth?{httpx.QueryParams(plain)}"
    bare = sent_to(decide(facebook, address))["code"]
    answer = facebook.post("/facebook/oauth/access_token", data={**plain, "code": bare})
    assert answer.json()["error"]["message"] == "Missing client_secret parameter."


def test_a_code_lasts_ten_minutes(facebook: httpx.Client, app: OAuth2Client) -> None:
    answer = decide(facebook, begin(app))
    facebook.post("/simulator/clock", json={"advance_seconds": 601}).raise_for_status()
    code = sent_to(answer)["code"]
    form = {"client_id": APP, "client_secret": SECRET, "redirect_uri": CALLBACK, "code": code}
    told = facebook.post(
        "/facebook/oauth/access_token", data={**form, "code_verifier": VERIFIER}
    ).json()
    assert told["error"]["error_subcode"] == 36007


def test_a_proof_is_checked_when_it_comes_and_asked_for_when_that_is_switched_on(
    facebook: httpx.Client, app: OAuth2Client
) -> None:
    token = str(exchange(app, decide(facebook, begin(app)))["access_token"])
    wrong = facebook.get("/facebook/me", params={"access_token": token, "appsecret_proof": "0"})
    assert wrong.json()["error"]["type"] == "GraphMethodException"
    assert facebook.get("/facebook/me", params={"access_token": token}).status_code == 200
    facebook.patch("/simulator/facebook", json={"require_proof": True}).raise_for_status()
    assert facebook.get("/facebook/me", params={"access_token": token}).status_code == 400
    proven = {"access_token": token, "appsecret_proof": proof(token)}
    assert facebook.get("/facebook/me", params=proven).status_code == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"access_token": "EAAnonsense"}, 190),
        ({}, 2500),
    ],
)
def test_a_bad_token_shows_nobody(facebook: httpx.Client, query: dict[str, str], code: int) -> None:
    answer = facebook.get("/facebook/v23.0/me", params=query)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == code


def test_a_field_that_does_not_exist_is_refused(facebook: httpx.Client, app: OAuth2Client) -> None:
    token = str(exchange(app, decide(facebook, begin(app)))["access_token"])
    query = {"access_token": token, "fields": "id,birthday_of_cat"}
    assert facebook.get("/facebook/me", params=query).json()["error"]["code"] == 100
    picture = {"access_token": token, "fields": "picture"}
    shown = facebook.get("/facebook/me", params=picture).json()["picture"]["data"]["url"]
    assert facebook.get(shown).headers["content-type"] == "image/svg+xml"


def test_the_id_token_is_signed_by_the_published_key_alone(
    facebook: httpx.Client, app: OAuth2Client
) -> None:
    token = str(exchange(app, decide(facebook, begin(app)))["id_token"])
    head, claims, signature = token.split(".")
    forged = ".".join((head, claims[:-2] + ("AA" if claims[-2:] != "AA" else "BB"), signature))
    with pytest.raises(JoseError):
        claims_of(facebook, {"id_token": forged})
    described = facebook.get("/facebook/.well-known/openid-configuration/").json()
    assert described["issuer"] == "https://www.facebook.com"
    assert facebook.get(described["jwks_uri"]).json()["keys"][0]["alg"] == "RS256"


def test_the_page_runs_no_code_and_its_form_ends_at_the_app(
    facebook: httpx.Client, app: OAuth2Client
) -> None:
    shown = facebook.get(begin(app))
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8000;" in policy
    assert "unsafe" not in policy
    assert shown.headers["cache-control"] == "no-store"
    assert "<script" not in shown.text
    assert "style=" not in shown.text
    assert "Continue to Tours &amp; &lt;Sons&gt;?" in shown.text
    assert "stand-in for Facebook" in shown.text
    assert facebook.get("/static/facebook.css").status_code == 200


def test_another_pages_form_is_not_taken(facebook: httpx.Client) -> None:
    answer = facebook.post(
        "/facebook/dialog/oauth",
        data={"client_id": APP, "redirect_uri": CALLBACK, "person": ONE, "decision": "continue"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/facebook/v23.0/you", "/facebook/23/me", "/facebook"])
def test_unknown_paths_are_refused_in_facebooks_way(facebook: httpx.Client, path: str) -> None:
    answer = facebook.get(path)
    assert answer.status_code in {400, 404}
    assert answer.json()["error"]["code"] == 2500


def test_without_an_app_there_is_nothing_to_sign_in_to(settings: Settings) -> None:
    with (
        running(settings) as base,
        httpx.Client(base_url=base, trust_env=False) as http,
    ):
        dialog = http.get(
            "/facebook/dialog/oauth", params={"client_id": "", "redirect_uri": CALLBACK}
        )
        assert dialog.status_code == 400
        for path in ("/facebook/oauth/access_token", "/facebook/me"):
            assert http.get(path).json()["error"]["code"] == 101
