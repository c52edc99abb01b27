"""The measure of the webhook: a FastAPI handler that checks Twilio's signature and nothing else."""

import os
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request, Response
from twilio.request_validator import RequestValidator

ADDRESS_VARIABLE = "BARE_PUBLIC_URL"


def create_app() -> FastAPI:
    """Build the application; its public address and the token come from the environment."""
    app = FastAPI()
    url = os.environ[ADDRESS_VARIABLE]
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])

    @app.post("/webhooks/twilio")
    async def receive(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        genuine = validator.validate(url, form, request.headers.get("X-Twilio-Signature", ""))
        return Response("<Response/>" if genuine else "", 200 if genuine else 403)

    return app
