"""The webhooks of every provider; each is off while its secret is not set."""

from fastapi import APIRouter

from whatsapp.meta.endpoints import router as meta_router
from whatsapp.twilio.endpoints import router as twilio_router

router = APIRouter()
router.include_router(twilio_router)
router.include_router(meta_router)
