"""What a person is told when a deed cannot be done here and now: word codes that every screen knows, each with a text.

The codes are the same as the browser's (`client/web/src/device/`), since both stand behind the same screens.
"""

from collections.abc import Sequence
from typing import Any

from schemas.text import Text
from sync.errors import Forbidden, Invalid, NotFound, NotSignedIn, TenggatError


class NoSuchCase(NotFound):
    """This device has nothing of that case."""

    code = "no_such_case"

    def __init__(self, detail: str = "there is no such case on this device") -> None:
        super().__init__(
            detail,
            text=Text("Berkas itu tidak ada di perangkat ini.", "There is no such case on this device."),
        )


class NoSuchService(NotFound):
    """The catalogue held has no service of that code."""

    code = "no_such_service"


class NotMarked(Forbidden):
    """A correction does not ask for it; `fields` or `documents` in `extra` are what was beyond it."""

    code = "not_marked"


class ChooseFirst(Forbidden):
    """Two values were given for `extra["fields"]`, and nobody has said which one stands."""

    code = "choose_first"


class NothingToChoose(NotFound):
    """The field has one value."""

    code = "nothing_to_choose"


class NoteRequired(Invalid):
    """The action wants a reason."""

    code = "note_required"


class ItemsRequired(Invalid):
    """The action wants a list of what is to be corrected, each with its reason."""

    code = "items_required"


class DocumentsWaiting(TenggatError):
    """The bytes of the applicant's documents in `extra["documents"]` are not at the server yet."""

    code = "documents_waiting"
    status = 409


class UnknownDocument(NotFound):
    """The service, or the action's form, asks for no such document."""

    code = "unknown_document"


class NoSuchFile(NotFound):
    """The bytes that were kept are not on this device any more."""

    code = "no_such_file"

    def __init__(self, detail: str = "the file is not on this device any more; choose it again") -> None:
        super().__init__(
            detail,
            text=Text(
                "Berkas itu tidak ada lagi di perangkat ini. Pilih sekali lagi.",
                "The file is not on this device any more. Choose it again.",
            ),
        )


class Unsent(Forbidden):
    """Something on this device has not been received or was refused: `waiting`, `refused`, `files` in `extra`."""

    code = "unsent"


class OtherPerson(Forbidden):
    """A file with waiting work is of somebody else than this device."""

    code = "other_person"


class SignInFirst(NotSignedIn):
    """A file with waiting work is of an account, and this device speaks for nobody."""

    code = "sign_in_first"


def documents_waiting(labels: Sequence[Text], codes: Sequence[str]) -> DocumentsWaiting:
    names_id, names_en = ("; ".join(each) for each in ([t.id for t in labels], [t.en for t in labels]))
    extra: dict[str, Any] = {"documents": list(codes)}
    return DocumentsWaiting(
        "files of the applicant are still on their way",
        text=Text(f"Masih dalam perjalanan: {names_id}.", f"Still on their way: {names_en}."),
        **extra,
    )


def unsent(waiting: int, refused: int, files: int) -> Unsent:
    return Unsent(
        "something on this device has not been received or was refused; see `tenggat status` first",
        waiting=waiting,
        refused=refused,
        files=files,
        text=Text(
            "Masih ada yang belum diterima server atau ditolak di perangkat ini. Lihat `tenggat status` dulu.",
            "Something on this device has not been received or was refused. See `tenggat status` first.",
        ),
    )
