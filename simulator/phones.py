"""People's phones: making them, changing them, letting them go."""

from __future__ import annotations

import secrets

from simulator import addresses
from simulator.errors import ControlError
from simulator.schemas_control import NewPhone, PhoneChange
from simulator.state import Phone
from simulator.world import World

FIRST_NUMBER = 84_900_000_001
_MAY_BE_EMPTY = frozenset({"unreachable", "external_user_id", "username"})


class Phones:
    """What the control API can do with phones."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, typed: str) -> Phone:
        """The phone that somebody typed, made on first use.

        Raises:
            ControlError: If that is neither a phone number nor a user id.
        """
        return self._world.state.phone(self._address(typed))

    def create(self, asked: NewPhone) -> Phone:
        """Make a phone; one without a number where only a user name is given.

        Raises:
            ControlError: If the number is none, or taken.
        """
        if asked.number:
            address = self._address(asked.number)
            if not address.startswith("+"):
                raise ControlError(400, "number: a phone number such as +84901234567 is needed")
            self._check_free(address)
        elif "number" in asked.model_fields_set or asked.username:
            address = f"{asked.country}.{secrets.token_hex(8).upper()}"
        else:
            address = self._next_number()
        phone = self._world.state.phone(address)
        phone.profile_name = asked.name or phone.profile_name
        phone.username = asked.username
        phone.colour = asked.colour or phone.colour
        self._world.show_phone(phone)
        return phone

    def change(self, phone: Phone, change: PhoneChange) -> None:
        """Change what is given; the rest stays.

        Raises:
            ControlError: If a number or id is given that is none, or taken.
        """
        given = change.model_dump(exclude_unset=True)
        number = given.pop("number", None)
        if number:
            self._show_number(phone, self._address(number))
        user_id = given.get("external_user_id")
        if user_id and user_id != phone.external_user_id:
            self._check_free(user_id)
            self._world.state.name_too(phone, user_id)
        for name, value in given.items():
            if value is not None or name in _MAY_BE_EMPTY:
                setattr(phone, name, value)
        if not phone.offline:
            phone.back_online.set()
        self._world.show_phone(phone)

    def remove(self, phone: Phone) -> None:
        """Forget a phone and its thread."""
        self._world.state.forget(phone.identity)
        self._world.meter.forget(phone.identity)
        self._world.events.announce("gone", {"phone": phone.identity})

    def _show_number(self, phone: Phone, number: str) -> None:
        """From now on this person is known by a number, and the id goes beside it."""
        if number == phone.number:
            return
        if phone.number is not None:
            raise ControlError(409, f"this phone has the number {phone.number} already")
        if not number.startswith("+"):
            raise ControlError(400, "number: a phone number such as +84901234567 is needed")
        self._check_free(number)
        self._world.state.name_too(phone, number)
        phone.number, phone.external_user_id = number, phone.identity

    def _address(self, typed: str) -> str:
        address = addresses.normalised(typed)
        if address is None:
            raise ControlError(
                400, "a phone is a number such as +84901234567, or an id such as VN.1A2B"
            )
        return address

    def _check_free(self, address: str) -> None:
        if self._world.state.known(address):
            raise ControlError(409, f"there is a phone {address} already")

    def _next_number(self) -> str:
        taken = self._world.state.known
        number = FIRST_NUMBER
        while taken(f"+{number}"):
            number += 1
        return f"+{number}"
