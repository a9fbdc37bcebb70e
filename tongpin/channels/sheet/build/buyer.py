"""Who bought: every sign the row gives, cleaned, and nothing that the platform hid."""

from typing import Any

from ..contacts import mail_of, name_of, open_id_of, phone_of, province_of
from ..delimited import Cell
from ..meaning import Meaning
from ..rows import Buyer
from .fields import Fields, Getter

M = Meaning

_SIGNS = frozenset({"shop_account", "nickname", "name", "phone", "masked_phone", "mail", "openid", "unionid"})

_OF_RECEIVER = ("province", "city", "district", "address")


class BuyerBuilder:
    """None for a row that gives no sign of its buyer; an address alone is no sign.

    The buyer's own phone column wins: where it is there, the receiver's is not used, for a present goes to another
    person. Where it is missing, the receiver is all there is.
    """

    def __init__(self, fields: Fields) -> None:
        self._notes = fields.notes
        self._account = fields.ident(M.SHOP_ACCOUNT)
        self._accounts = fields.cells(M.SHOP_ACCOUNT)
        self._phones = fields.cells(M.PHONE) or fields.cells(M.RECEIVER_PHONE)
        # Where both are given and differ, the parcel goes to somebody else: a present.
        self._receivers = fields.cells(M.RECEIVER_PHONE) if fields.cells(M.PHONE) else ()
        self._own_names = fields.cells(M.NAME)
        self._contacts = fields.cells(M.CONTACT)
        self._mails = fields.cells(M.MAIL)
        self._names = (*fields.cells(M.NAME), *fields.cells(M.RECEIVER_NAME))
        self._parts = (*fields.cells(M.GIVEN_NAME)[:1], *fields.cells(M.FAMILY_NAME)[:1])
        self._nicknames = fields.cells(M.NICKNAME)
        self._simple: list[tuple[str, Getter[str]]] = [
            (name, fields.ident(meaning) if name.endswith("id") else fields.text(meaning))
            for name, meaning in (
                ("openid", M.OPENID),
                ("unionid", M.UNIONID),
                ("province", M.PROVINCE),
                ("city", M.CITY),
                ("district", M.DISTRICT),
                ("address", M.ADDRESS),
            )
            if fields.has(meaning)
        ]

    def __call__(self, cells: list[Cell]) -> tuple[Buyer | None, str | None]:
        """(buyer, province of the order)."""
        found: dict[str, Any] = {}
        for name, get in self._simple:
            value = get(cells)
            if value is not None:
                found[name] = value
        if self._accounts:
            self._add_account(found, cells)
        if self._phones or self._contacts:
            self._add_phone(found, cells)
        for index in (*self._mails, *self._contacts):
            if "mail" not in found and (mail := mail_of(cells[index])):
                found["mail"] = mail
        if self._receivers and self._is_present(found, cells):
            for field in _OF_RECEIVER:
                found.pop(field, None)
            self._add_name(found, "name", self._own_names, cells)
        else:
            self._add_name(found, "name", self._names, cells)
        if self._parts and "name" not in found:
            parts = [part for index in self._parts if (part := name_of(cells[index]))]
            found.update({"name": " ".join(parts)} if parts else {})
        self._add_name(found, "nickname", self._nicknames, cells)
        if not found:
            return None, None
        province = self._tidy_place(found) if self._simple else None
        return (None if _SIGNS.isdisjoint(found) else Buyer(**found)), province

    def _add_account(self, found: dict[str, Any], cells: list[Cell]) -> None:
        account = self._account(cells)
        if account is None:
            return
        # «t**1» names many buyers: something to show, no key.
        if "*" in account:
            if nickname := name_of(account):
                found["nickname"] = nickname
        else:
            found["shop_account"] = account

    def _add_phone(self, found: dict[str, Any], cells: list[Cell]) -> None:
        for index in (*self._phones, *self._contacts):
            phone, masked, note = phone_of(cells[index])
            if index in self._contacts and note == "phone_unreadable":
                continue
            if phone:
                found["phone"] = phone
                found.pop("masked_phone", None)
                return
            if masked:
                found.setdefault("masked_phone", masked)
            elif note:
                self._notes.append(note)

    def _is_present(self, found: dict[str, Any], cells: list[Cell]) -> bool:
        if "phone" not in found:
            return False
        others = [phone for index in self._receivers if (phone := phone_of(cells[index]).phone)]
        return bool(others) and found["phone"] not in others

    @staticmethod
    def _add_name(found: dict[str, Any], field: str, indices: tuple[int, ...], cells: list[Cell]) -> None:
        for index in indices:
            if name := name_of(cells[index]):
                found[field] = name
                return

    @staticmethod
    def _tidy_place(found: dict[str, Any]) -> str | None:
        for field in ("province", "city", "district", "address"):
            if field in found and name_of(found[field]) is None:
                del found[field]
        for field in ("openid", "unionid"):
            if field in found and open_id_of(found[field]) is None:
                del found[field]
        province = province_of(found.get("province")) or province_of(found.get("address"))
        if province:
            found["province"] = province
        return province or found.get("province")
