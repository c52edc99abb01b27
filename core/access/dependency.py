"""The FastAPI dependency that lets a request through, or does not."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from core.access.schemas import Access, Role
from core.access.service import authenticate
from core.database import unit_of_work

_bearer = HTTPBearer(
    auto_error=False, description="A token that `travelbuddy token create` has made"
)

_Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def require(role: Role) -> Callable[[_Credentials], Access]:
    """Return a dependency that lets tokens through which may do the work of *role*.

    It answers 401 to a request without a valid token, and 403 to one with another role.
    """

    def access(credentials: _Credentials) -> Access:
        if credentials is None:
            raise _unauthorised("send a token: Authorization: Bearer tb_…", "Bearer")
        with unit_of_work() as unit:
            found = authenticate(unit.connection, credentials.credentials)
        if found is None:
            raise _unauthorised("this token is not valid", 'Bearer error="invalid_token"')
        found.insist_on_role(role)
        return found

    return access


def _unauthorised(reason: str, challenge: str) -> HTTPException:
    return HTTPException(401, reason, {"WWW-Authenticate": challenge})
