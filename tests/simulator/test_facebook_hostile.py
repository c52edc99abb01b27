"""What no honest browser or app sends to the stand-in for Facebook: answered, never a crash."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.facebook.dialog import FIELDS
from tests.simulator.facebook import APP, CALLBACK, ONE, SECRET
from tests.simulator.generated import WORDS

UNTIMED = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MORE = ("person", "name", "email", "share_email", "decision", "code", "client_secret", "fields")
RIGHT = {
    "client_id": APP,
    "redirect_uri": CALLBACK,
    "scope": "openid email",
    "response_type": "code",
    "client_secret": SECRET,
    "person": ONE,
    "decision": "continue",
}
PATHS = (
    "/facebook/dialog/oauth",
    "/facebook/v23.0/oauth/access_token",
    "/facebook/me",
    "/facebook/{word}/me",
)


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, str]:
    """Mostly right ones, some missing, some of any kind."""
    chosen = {name: value for name, value in RIGHT.items() if draw(st.integers(0, 9))}
    names = st.sampled_from([*FIELDS, *MORE, "code_verifier", "access_token", "appsecret_proof"])
    return {**chosen, **draw(st.dictionaries(names, WORDS, max_size=3))}


@UNTIMED
@given(given_parameters=parameters(), path=st.sampled_from(PATHS), method=st.booleans())
def test_generated_requests_are_answered_refused_or_sent_to_the_app_alone(
    facebook: httpx.Client, given_parameters: dict[str, str], path: str, method: bool
) -> None:
    if method:
        answer = facebook.get(path.format(word="v1.0"), params=given_parameters)
    else:
        answer = facebook.post(path.format(word="..%2f"), data=given_parameters)
    assert answer.status_code in {200, 303, 400, 404, 405, 422}, answer.text
    if answer.status_code == 303:
        sent = urlsplit(answer.headers["location"])
        assert f"{sent.scheme}://{sent.netloc}{sent.path}" == CALLBACK
    if "html" in answer.headers.get("content-type", ""):
        assert "<script" not in answer.text
    elif answer.status_code >= 400:
        assert answer.json()["error"]["fbtrace_id"]
        assert SECRET not in answer.text
