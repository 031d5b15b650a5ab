"""What the roles are called, for whoever reads who did something. The codes are `schemas.catalogue.process.ROLES`."""

from schemas.catalogue.process import OWNER
from schemas.text import Language, Text

ROLE_NAMES: dict[str, Text] = {
    OWNER: Text("Pemohon", "Applicant"),
    "citizen": Text("Warga", "Citizen"),
    "front_desk": Text("Petugas loket", "Front desk"),
    "surveyor": Text("Petugas survei", "Surveyor"),
    "planner": Text("Perencana", "Planner"),
    "section_head": Text("Kepala seksi", "Section head"),
    "signer": Text("Pejabat penanda tangan", "Signer"),
    "complaint_officer": Text("Petugas pengaduan", "Complaint officer"),
    "supervisor": Text("Atasan", "Supervisor"),
    "admin": Text("Admin", "Administrator"),
    "system": Text("Server", "Server"),
}


def role_name(code: str, language: Language) -> str:
    """The role in words; what is no role's code is given back as it is."""
    found = ROLE_NAMES.get(code)
    return found.get(language) if found else code
