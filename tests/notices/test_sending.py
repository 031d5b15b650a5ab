"""What leaves by mail, to a real mail server on this machine: one letter a person and day, nothing personal in it."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.jobs.registry import JOBS
from server.jobs.runner import run_due
from server.notices import held, sending, telling
from server.notices.post import LetterRefused, MailNotSet, MailServer, MailUnreachable
from server.store.database import reading
from sync.errors import NotFound
from tests.api.device import Device
from tests.api.filing import act, file
from tests.certificates import self_signed
from tests.conftest import Server

from .office import Office, PostOffice, post_office


@pytest.fixture
def citizen(server: Server) -> Device:
    return Device(server.app)


def test_a_letter_says_which_cases_and_by_when_and_nothing_personal(
    mailing: Office, post: PostOffice, server: Server, citizen: Device
) -> None:
    case = file(server, citizen, name="Warga Bernama", phone="081234567890")
    mailing.walk()
    assert mailing.states() == {"queued": 1}
    assert mailing.send() == "1 letters sent, 0 refused"
    [letter] = post.letters
    assert letter.to == letter.message["To"] == "front_desk@kota.example"
    assert letter.message["From"] == "tenggat@kota.example"
    assert letter.message["Subject"] == "1 hal menunggu Anda – Kota Semarang"
    assert letter.message["Auto-Submitted"] == "auto-generated"
    for words in (
        "KRK-2026-000001 · Keterangan Rencana Kota (KRK) · Pemeriksaan kelengkapan",
        "batas Selasa, 17 Maret 2026",
        "due Tuesday, 17 March 2026",
        f"https://layanan.example.id/#/case/{case}",
    ):
        assert words in letter.words, letter.words
    state = server.rows("SELECT state FROM case_record")[0].state.decode()
    assert "Warga Bernama" in state
    for words in ("Warga", "0812", "Petugas 1"):
        assert words not in letter.message.as_string() + letter.words
    assert mailing.states() == {"sent": 1}


def _silent_officer(server: Server) -> Device:
    device = Device(server.app, server.staff("surveyor")[1], guest=False)
    device.exchange()
    return device


def test_a_letter_tells_a_supervisor_of_a_silent_device(mailing: Office, post: PostOffice, server: Server) -> None:
    _silent_officer(server)
    server.clock.move(days=14)
    mailing.walk()
    assert mailing.told() == [("device_silent", "supervisor")]
    assert mailing.send() == "1 letters sent, 0 refused"
    [letter] = post.letters
    assert letter.to == "supervisor@kota.example"
    [notice] = mailing.notices()
    for language in ("id", "en"):
        assert telling.line(notice, server.world.city, language) in letter.words
    assert mailing.states() == {"sent": 1}


def test_what_reaches_nobody_by_mail_goes_to_the_admins_too(mailing: Office, post: PostOffice, server: Server) -> None:
    server.execute("UPDATE person SET email = NULL WHERE id = :p", p=mailing.people["supervisor"])
    _silent_officer(server)
    server.clock.move(days=14)
    mailing.walk()
    assert mailing.told() == [("device_silent", "admin"), ("device_silent", "supervisor")]
    assert mailing.send() == "1 letters sent, 0 refused"
    assert [letter.to for letter in post.letters] == ["admin@kota.example"]
    assert mailing.states() == {"kept": 1, "sent": 1}


def test_all_that_waits_for_somebody_goes_in_one_letter_and_no_second_one_that_day(
    mailing: Office, post: PostOffice, server: Server, citizen: Device
) -> None:
    for _ in range(45):
        file(server, citizen)
    mailing.walk()
    mailing.send()
    [letter] = post.letters
    assert letter.message["Subject"].startswith("45 hal")
    assert letter.words.count("KRK-2026-") == 2 * 40, "forty in each language"
    assert "… dan 5 lagi" in letter.words and "… and 5 more" in letter.words
    file(server, citizen)
    mailing.walk()
    server.clock.move(hours=3)
    assert mailing.send() == "0 letters sent, 0 refused"
    assert mailing.states() == {"sent": 45, "queued": 1}
    # On the next working day in Semarang, though it is the same one in UTC until seven in the morning.
    server.clock.now = datetime(2026, 3, 17, 0, 31, tzinfo=UTC)
    assert mailing.send() == "1 letters sent, 0 refused"
    assert len({one.name for one in post.letters}) == 2


def test_everybody_gets_what_is_theirs(mailing: Office, post: PostOffice, server: Server, citizen: Device) -> None:
    desk = Device(server.app, server.staff("front_desk")[1], guest=False)
    server.execute("UPDATE person SET email = 'kedua@kota.example' WHERE login = 'petugas6'")
    act(desk, file(server, citizen), "accept")
    file(server, citizen)
    mailing.walk()
    mailing.send()
    found = {letter.to: "KRK-2026-000001" in letter.words for letter in post.letters}
    assert found == {"front_desk@kota.example": False, "kedua@kota.example": False, "surveyor@kota.example": True}


@pytest.mark.parametrize(
    "when",
    [
        "2026-03-15T03:00:00Z",  # a Sunday
        "2026-03-19T03:00:00Z",  # Nyepi
        "2026-03-16T00:29:00Z",  # a minute before the offices open
    ],
)
def test_nobody_is_written_to_out_of_hours(
    mailing: Office, post: PostOffice, server: Server, citizen: Device, when: str
) -> None:
    file(server, citizen)
    mailing.walk()
    server.clock.now = datetime.fromisoformat(when)
    assert mailing.send() == "outside of office hours"
    assert mailing.states() == {"queued": 1}
    server.clock.now = datetime.fromisoformat("2026-03-16T00:30:00Z")
    assert mailing.send() == "1 letters sent, 0 refused"


def test_without_an_address_or_a_mail_server_nothing_waits(office: Office, server: Server, citizen: Device) -> None:
    """Notices are shown all the same, and are not sent weeks later, when mail is switched on."""
    file(server, citizen)
    office.walk()
    assert office.send() == "notices are not sent by e-mail here"
    assert office.states() == {"kept": 1}
    with post_office() as post:
        server.world.smtp = post.url
        server.execute("UPDATE person SET email = NULL")
        file(server, citizen)
        office.walk()
        office.send()
        assert (office.states(), post.letters) == ({"kept": 2}, [])


def test_an_admin_may_switch_mail_off(mailing: Office, post: PostOffice, server: Server, citizen: Device) -> None:
    file(server, citizen)
    mailing.walk()
    server.execute(
        "INSERT INTO setting (name, value, changed, person) VALUES ('notice_email', 'false', '2026-03-16', 'cli')"
    )
    mailing.send()
    file(server, citizen)
    mailing.walk()
    assert (mailing.states(), post.letters) == ({"queued": 1, "kept": 1}, [])


def test_a_mail_server_that_is_away_costs_nothing_but_time(
    mailing: Office, post: PostOffice, server: Server, citizen: Device
) -> None:
    file(server, citizen)
    mailing.walk()
    server.world.smtp = post.url.replace(str(post.port), "9")
    for _ in range(20):
        with pytest.raises(MailUnreachable, match=r"127\.0\.0\.1:9"):
            mailing.send()
        server.clock.move(minutes=16)
    [waiting] = mailing.notices(shown="waiting")
    assert (waiting.state, waiting.tries) == ("leaving", 0)
    assert "no connection" in (waiting.why or "")
    server.world.smtp = post.url
    assert mailing.send() == "1 letters sent, 0 refused"
    assert mailing.states() == {"sent": 1}


def test_a_letter_that_is_refused_for_good_fails_and_holds_up_no_other(
    mailing: Office, post: PostOffice, server: Server, citizen: Device
) -> None:
    act(Device(server.app, server.staff("front_desk")[1], guest=False), file(server, citizen), "accept")
    file(server, citizen)
    mailing.walk()
    post.refuses["front_desk@kota.example"] = "550 5.1.1 front_desk@kota.example is not here"
    assert mailing.send() == "1 letters sent, 1 refused"
    [failed] = mailing.notices(shown="failed")
    assert failed.why == "550 5.1.1", "of the mail server's words only the code"
    with reading(server.engine) as connection:
        assert held.counts(connection) == held.Counts(0, None, 1)
    server.clock.move(hours=1)
    assert mailing.send() == "0 letters sent, 0 refused"
    post.refuses.clear()
    with pytest.raises(NotFound):
        held.retry(server.engine, "cli", server.clock(), key="no such")
    assert held.retry(server.engine, "cli", server.clock(), key=failed.key) == 1
    assert mailing.send() == "1 letters sent, 0 refused"
    assert "notice.retry" in {row.action for row in server.rows("SELECT action FROM audit")}


def test_a_letter_that_is_put_off_is_tried_again_and_again_and_then_an_admin_has_to_look(
    mailing: Office, post: PostOffice, server: Server, citizen: Device
) -> None:
    file(server, citizen)
    mailing.walk()
    post.refuses["front_desk@kota.example"] = "450 4.2.0 greylisted"
    names = set()
    for n in range(sending.TRIES - 1):
        assert mailing.send() == "0 letters sent, 1 refused"
        [waiting] = mailing.notices(shown="waiting")
        assert (waiting.tries, waiting.why) == (n + 1, "450 4.2.0")
        names.add(waiting.mail)
        assert mailing.send() == "0 letters sent, 0 refused", "not at once"
        server.clock.now = datetime.fromisoformat(waiting.after or "")
    assert len(names) == 1
    mailing.send()
    assert mailing.states() == {"failed": 1}


def test_who_has_no_address_any_more_is_not_written_to(mailing: Office, server: Server, citizen: Device) -> None:
    file(server, citizen)
    mailing.walk()
    server.execute("UPDATE person SET disabled = '2026-03-16T02:00:00Z'")
    mailing.send()
    [failed] = mailing.notices(shown="failed")
    assert failed.why == "no_address"


def test_a_long_run_ends_before_its_lease_does(
    mailing: Office, post: PostOffice, server: Server, citizen: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(Device(server.app, server.staff("front_desk")[1], guest=False), file(server, citizen), "accept")
    file(server, citizen)
    mailing.walk()
    monkeypatch.setattr(sending, "LONGEST", 0.0)
    assert mailing.send() == "0 letters sent, 0 refused"
    assert mailing.states()["queued"] == 2
    job = next(one for one in JOBS if one.name == "send_notices")
    assert job.lease.total_seconds() > 240 + 60


def test_a_job_says_what_is_wrong_and_the_password_never_shows(
    mailing: Office, server: Server, citizen: Device
) -> None:
    job = next(one for one in JOBS if one.name == "send_notices")
    server.world.smtp = "smtp://petugas:rahasia@127.0.0.1:9?from=tenggat@kota.example&tls=off"
    file(server, citizen)
    mailing.walk()
    assert run_due(server.world, job, "a") == "failed: mail_unreachable"
    assert "rahasia" not in str(server.rows("SELECT * FROM notice")) + repr(server.world)
    assert "rahasia" not in repr(MailServer.of(server.world.smtp))


# ---- The way to the mail server ----


@pytest.mark.parametrize(
    "url",
    [
        "mail.kota.example",
        "https://mail.kota.example?from=a@b.example",
        "smtp://?from=a@b.example",
        "smtp://mail.kota.example",
        "smtp://mail.kota.example:abc?from=a@b.example",
        "smtp://mail.kota.example?from=a@b.example&tls=off",
        "smtp://10.0.0.1?from=a@b.example&tls=off",
    ],
)
def test_an_address_that_cannot_be_used_is_named(url: str) -> None:
    with pytest.raises(MailNotSet, match="TENGGAT_SMTP_URL"):
        MailServer.of(url)


def test_the_parts_of_an_address() -> None:
    assert MailServer.of("smtps://nama:p%40s@mail.kota.example?from=a@b.example") == MailServer(
        "mail.kota.example", 465, "from_start", "a@b.example", "nama", "p@s"
    )
    assert MailServer.of("smtp://mail.kota.example?from=a@b.example&ca=/k.pem") == MailServer(
        "mail.kota.example", 587, "starttls", "a@b.example", ca="/k.pem"
    )
    assert MailServer.of("smtp://[::1]:25?from=a@b.example&tls=off").tls == "off"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context, and the certificate that a client may trust."""
    made = self_signed("localhost")
    pem = tmp_path / "kota.pem"
    pem.write_bytes(made.certificate)
    return made.context(tmp_path), pem


def _url(post: PostOffice, scheme: str, more: str = "") -> str:
    return f"{scheme}://localhost:{post.port}?from=tenggat@kota.example{more}"


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_letters_go_encrypted_to_a_server_that_is_trusted_and_to_no_other(
    office: Office, certificate: tuple[ssl.SSLContext, Path], scheme: str
) -> None:
    context, pem = certificate
    with post_office(tls=context) if scheme == "smtps" else post_office(tls_context=context) as post:
        office.server.world.smtp = _url(post, scheme)
        with pytest.raises(MailUnreachable, match="SSLCertVerificationError"):
            sending.trial(office.server.world, "petugas@kota.example")
        assert post.letters == []
        office.server.world.smtp = _url(post, scheme, f"&ca={pem}")
        sending.trial(office.server.world, "petugas@kota.example")
        [letter] = post.letters
        assert "Surat percobaan" in letter.words


def test_nothing_goes_to_a_server_without_encryption(office: Office, post: PostOffice) -> None:
    office.server.world.smtp = _url(post, "smtp")
    with pytest.raises(MailUnreachable, match="SMTPNotSupportedError"):
        sending.trial(office.server.world, "petugas@kota.example")
    assert post.letters == []


def test_a_trial_says_why_it_was_refused(office: Office, post: PostOffice) -> None:
    with pytest.raises(MailNotSet):
        sending.trial(office.server.world, "petugas@kota.example")
    office.server.world.smtp = post.url
    post.refuses["petugas@kota.example"] = "550 5.1.1 nobody"
    with pytest.raises(LetterRefused, match=r"550 5\.1\.1"):
        sending.trial(office.server.world, "petugas@kota.example")
