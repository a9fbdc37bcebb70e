"""Said by services (到店与上门服务): appointments and what was found at the visit."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Time, fact
from tongpin.core.facts.nouns import AppointmentId, ProductId, ServiceId, StaffId


@fact("appointment.booked", key=("appointment", "occurrence"), step="sell")
class AppointmentBooked(Fact):
    """A person has a time with somebody (预约). A later occurrence moves it."""

    appointment: AppointmentId
    service: ServiceId
    starts: Time
    staff: StaffId = 0
    order: Code = ""
    occurrence: int = 1


@fact("appointment.cancelled", key=("appointment",), step="sell")
class AppointmentCancelled(Fact):
    """An appointment was called off, by whom."""

    appointment: AppointmentId
    service: ServiceId
    by: Code
    staff: StaffId = 0


@fact("appointment.kept", key=("appointment",), step="sell")
class AppointmentKept(Fact):
    """The person came, or the visit was made (服务完成)."""

    appointment: AppointmentId
    service: ServiceId
    staff: StaffId = 0
    minutes: int = 0


@fact("appointment.missed", key=("appointment",), step="sell")
class AppointmentMissed(Fact):
    """Nobody came, or nobody opened the door (爽约)."""

    appointment: AppointmentId
    service: ServiceId
    by: Code
    staff: StaffId = 0


@fact("visit.reported", key=("appointment", "edition"), step="sell")
class VisitReported(Fact):
    """What was found and advised at a visit was written down (服务报告); the words stand in the report."""

    appointment: AppointmentId
    service: ServiceId
    staff: StaffId = 0
    edition: int = 1
    needs: int = 0
    products: tuple[ProductId, ...] = ()
