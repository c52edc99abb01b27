"""Who can sign in, and what can be switched."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Place = Literal["token", "me", "keys"]


class Account(BaseModel):
    """Somebody who can sign in.

    Attributes:
        id: As the app sees it: digits.
        name: As shown in the dialog.
        email: Empty for somebody who signed up with a telephone number.
    """

    id: str
    name: str
    email: str = ""


SEEDED = (
    Account(id="10000000000000001", name="Traveller One", email="one@travellers.example"),
    Account(id="10000000000000002", name="Traveller Two", email="two@travellers.example"),
    Account(id="10000000000000003", name="Traveller Three"),
)


class Switches(BaseModel):
    """What an app's settings at Facebook decide.

    Attributes:
        require_proof: Whether calls with a token need ``appsecret_proof``.
        id_tokens: Whether the scope ``openid`` is answered with an ``id_token``.
    """

    model_config = ConfigDict(extra="forbid")

    require_proof: bool = False
    id_tokens: bool = True


class Fault(BaseModel):
    """What goes wrong at the next requests.

    Attributes:
        kind: ``server_error`` answers 500, ``graph_error`` a limit that is reached, ``garbled``
            a web page in place of JSON; ``slow`` answers rightly after ``seconds``.
        at: The token exchange, the profile, or the public keys.
        count: How many requests it hits.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["server_error", "graph_error", "garbled", "slow"]
    at: Place = "token"
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    seconds: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = 5.0


class Leaver(BaseModel):
    """Somebody who removes the app, or asks for their data to be deleted."""

    model_config = ConfigDict(extra="forbid")

    person: Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]
