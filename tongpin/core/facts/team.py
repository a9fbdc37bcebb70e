"""Said by the team (团队): who works here with which rights, what was handed out, how safe the house is."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Day, Fact, fact
from tongpin.core.facts.nouns import About, CommunityId, StaffId


@fact("staff.joined", key=("staff", "occurrence"), step="house")
class StaffJoined(Fact):
    """Somebody got an account of the house (同事加入)."""

    staff: StaffId
    role: Code
    occurrence: int = 1


@fact("staff.left", key=("staff", "occurrence"), step="house")
class StaffLeft(Fact):
    """An account was closed; what it was responsible for waits for another owner."""

    staff: StaffId
    occurrence: int = 1


@fact("right.granted", key=("grant",), step="house", subject="staff")
class RightGranted(Fact):
    """A teammate got a role, in one community or (0) in all of them (授权)."""

    grant: int
    staff: StaffId
    role: Code
    community: CommunityId = 0


@fact("right.revoked", key=("grant",), step="house", subject="staff")
class RightRevoked(Fact):
    """A role was taken back from a teammate."""

    grant: int
    staff: StaffId
    role: Code
    community: CommunityId = 0


@fact("private_link.issued", key=("link",), step="house")
class PrivateLinkIssued(Fact):
    """A link with few rights was handed out (私人链接): to a guest, volunteer, secretary, maker, supplier, sponsor."""

    link: int
    role: Code
    about_kind: Code = ""
    about: About = 0
    until: Day = ""


@fact("private_link.revoked", key=("link",), step="house")
class PrivateLinkRevoked(Fact):
    """A private link no longer opens anything: it was withdrawn or its time is over."""

    link: int
    role: Code
    reason: Code = ""


@fact("key.issued", key=("key_number",), step="house")
class KeyIssued(Fact):
    """A key for software was made: a browser write key, a server key, an API token, a webhook (密钥)."""

    key_number: int
    key_kind: Code


@fact("key.revoked", key=("key_number",), step="house")
class KeyRevoked(Fact):
    """A key for software no longer opens anything."""

    key_number: int
    key_kind: Code


@fact("setting.changed", key=("setting", "occurrence"), step="house")
class SettingChanged(Fact):
    """A setting of the house or of a community was changed; the values stand in the audit trail (设置)."""

    setting: Code
    occurrence: int
    community: CommunityId = 0


@fact("list.downloaded", key=("download",), step="house")
class ListDownloaded(Fact):
    """A teammate took a list out of the house; kept for the audit trail (导出名单)."""

    download: int
    staff: StaffId
    list_kind: Code
    rows: int
    with_contact: bool = False


@fact("backup.made", key=("backup",), step="house")
class BackupMade(Fact):
    """A backup was written and read back (备份)."""

    backup: int
    size: int
    encrypted: bool = False


@fact("backup.failed", key=("backup",), step="house")
class BackupFailed(Fact):
    """A scheduled backup could not be made; somebody must look."""

    backup: int
    reason: Code


@fact("restore.drilled", key=("drill",), step="house")
class RestoreDrilled(Fact):
    """A backup was restored into an empty server and compared, to prove that it works (恢复演练)."""

    drill: int
    backup: int
    worked: bool
    seconds: int = 0
