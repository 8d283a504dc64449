"""Every verdict on a real Postfix, looked up in its queue and in what the next hop received."""

from __future__ import annotations

import re
import smtplib
import subprocess

import pytest

from tests.gateway.conftest import page_block
from tests.gateway.mails import (
    BULLETIN,
    EXTENSION,
    FIELD_TRIP,
    FOLLOW_UP,
    MOTHER,
    SENIOR,
    TO_MOTHER,
    TUTOR,
    URGENT,
    URGENT_AND_MORE,
    Post,
    letter,
    send,
    send_on,
)
from tests.gateway.postfix import wait_for

pytestmark = pytest.mark.usefixtures("service")
NAMES = ("Rowan", "Carver", "Balewa", "Ifeoma", "Soraya", "Haddad", "Okell", "okell", "homemail")


def arrived(sink, count=1):
    wait_for(lambda: len(sink.arrived) >= count)
    return sink.arrived


@pytest.fixture(autouse=True)
def emptied(sink, postfix):
    yield
    postfix.command("postsuper", "-d", "ALL")
    sink.arrived.clear()


@pytest.mark.parametrize("post", [BULLETIN, FOLLOW_UP])
def test_send_goes_on_with_one_trace_header(postfix, sink, service, post):
    assert send(postfix.port, post)[0] == 250
    (mail,) = arrived(sink)
    assert mail.recipients == list(post.recipients)
    (trace,) = mail.header(b"X-Student-X")
    event = service.events()[-1]
    assert trace == f"send; incident={event['incident']}".encode()
    assert mail.data.endswith(post.data.partition(b"\r\n\r\n")[2])
    assert event["course"] == "send"


def test_block_is_refused_with_an_incident_and_without_a_name(postfix, sink, service):
    code, text = send(postfix.port, TO_MOTHER)
    event = service.events()[-1]
    assert code == 550
    assert text.startswith("5.7.1 ")
    assert event["incident"] in text
    assert "scan check" in text
    assert not any(name in text for name in NAMES)
    assert postfix.queue() == {}
    assert sink.arrived == []


def test_anonymise_returns_with_what_to_do(postfix, sink, service):
    code, text = send(postfix.port, EXTENSION)
    assert code == 550
    assert "scan anonymise" in text
    assert service.events()[-1]["incident"] in text
    assert postfix.queue() == {}
    assert sink.arrived == []


def test_hold_lies_in_postfix_own_queue_and_is_released_once(postfix, sink, service):
    assert send(postfix.port, FIELD_TRIP)[0] == 250
    (held,) = postfix.held()
    assert service.events()[-1]["queue_id"] == held
    assert service.events()[-1]["course"] == "hold"
    assert sink.arrived == []
    assert f"{held}: milter-hold: END-OF-MESSAGE" in postfix.log()
    postfix.command("postsuper", "-H", held)
    postfix.command("postqueue", "-f")
    (mail,) = arrived(sink)
    assert mail.data.endswith(FIELD_TRIP.data.partition(b"\r\n\r\n")[2])
    wait_for(lambda: postfix.queue() == {})
    assert len(sink.arrived) == 1


def test_recipients_of_the_envelope_are_judged_not_those_of_the_headers(postfix, sink, service):
    send(postfix.port, Post(TO_MOTHER.data, (SENIOR,)))  # its To header names the mother
    assert service.events()[-1]["course"] == "anonymise"
    # a blind copy to an outsider
    send(postfix.port, Post(FOLLOW_UP.data, (*FOLLOW_UP.recipients, MOTHER)))
    assert service.events()[-1]["course"] in ("hold", "block")
    assert sink.arrived == []


def test_danger_is_not_held_from_those_who_must_act(postfix, sink, service):
    assert send(postfix.port, URGENT)[0] == 250
    (mail,) = arrived(sink)
    assert mail.recipients == [SENIOR]
    assert b"Rowan Carver told me tonight" in mail.data
    assert service.events()[-1]["course"] == "urgent"


def test_danger_goes_to_those_who_must_act_alone_and_the_sender_is_told(postfix, sink, service):
    assert send(postfix.port, URGENT_AND_MORE)[0] == 250
    mails = arrived(sink, 2)
    (told,) = [mail for mail in mails if mail.recipients == [SENIOR]]
    (report,) = [mail for mail in mails if mail.recipients == [TUTOR]]
    assert b"Rowan Carver told me tonight" in told.data
    incident = service.events()[-1]["incident"].encode()
    assert b"not-sent-" + incident + b"@student-x.invalid" in report.data
    assert (
        b"to the other recipients it was not sent"
        in " ".join(report.data.decode().split()).encode()
    )
    wait_for(lambda: postfix.queue() == {})
    assert not any(MOTHER in mail.recipients for mail in sink.arrived)


def test_forged_traces_are_taken_off_wherever_they_stand(postfix, sink):
    lines = [f"x-Student-X: send; forged={n}\nX-Other: {n}" for n in range(25)]
    post = letter(
        "geology-staff@larkfield.example",
        subject="Bulletin",
        text="Reports are due on 4 December.",
        more="\n".join(lines),
    )
    assert send(postfix.port, post)[0] == 250
    (mail,) = arrived(sink)
    assert len(mail.header(b"X-Student-X")) == 1
    assert b"forged" not in mail.data
    assert mail.header(b"X-Other") == [str(n).encode() for n in range(25)]


def test_two_mails_on_one_connection_do_not_mix(postfix, sink):
    with smtplib.SMTP("127.0.0.1", postfix.port) as smtp:
        assert send_on(smtp, TO_MOTHER)[0] == 550
        assert send_on(smtp, BULLETIN)[0] == 250
        smtp.mail(TUTOR)
        smtp.rcpt(MOTHER)
        smtp.rset()
        assert send_on(smtp, FOLLOW_UP)[0] == 250
        assert send_on(smtp, TO_MOTHER)[0] == 550
    mails = arrived(sink, 2)
    assert [mail.recipients for mail in mails] == [
        list(BULLETIN.recipients),
        list(FOLLOW_UP.recipients),
    ]
    for mail, post in zip(mails, (BULLETIN, FOLLOW_UP), strict=True):
        assert mail.data.endswith(post.data.partition(b"\r\n\r\n")[2])


def test_a_client_that_goes_away_leaves_nothing_behind(postfix, sink):
    smtp = smtplib.SMTP("127.0.0.1", postfix.port)
    smtp.ehlo()
    smtp.mail(TUTOR)
    smtp.rcpt(MOTHER)
    smtp.putcmd("data")
    smtp.getreply()
    smtp.send(TO_MOTHER.data[:200])
    smtp.close()
    assert send(postfix.port, BULLETIN)[0] == 250
    (mail,) = arrived(sink)
    assert mail.recipients == list(BULLETIN.recipients)


def test_what_cannot_be_read_is_held(postfix, sink):
    post = letter(
        SENIOR,
        subject="Minutes",
        text="--b\r\n\r\nSee the file.\r\n--b\r\n"
        "Content-Type: application/x-unknown\r\n\r\n\1\2\r\n--b--",
        more='MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"',
    )
    assert send(postfix.port, post)[0] == 250
    assert len(postfix.held()) == 1
    assert sink.arrived == []


def test_a_nul_byte_in_a_header_hides_nothing(postfix, sink):
    data = b"X-Note: fine\0 Rowan Carver failed the resit\r\n" + TO_MOTHER.data
    code, _ = send(postfix.port, Post(data, (MOTHER,)))
    assert code == 550
    assert sink.arrived == []


def test_an_address_that_could_lead_elsewhere_is_outside(postfix, sink):
    post = Post(FOLLOW_UP.data, ("helen.carver%homemail.example@larkfield.example",))
    send(postfix.port, post)
    assert all("helen" not in mail.recipients[0] for mail in sink.arrived)


def test_mail_of_the_machine_itself_is_judged_too(postfix, sink, service):
    before = len(service.events())
    for post in (BULLETIN, TO_MOTHER):
        subprocess.run(
            ["/usr/sbin/sendmail", "-C", str(postfix.config), "-f", TUTOR, "--", *post.recipients],
            input=post.data.replace(b"\r\n", b"\n"),
            check=True,
        )
    wait_for(lambda: len(service.events()) >= before + 2)
    mails = arrived(sink, 2)
    assert {mail.recipients[0] for mail in mails} == {BULLETIN.recipients[0], TUTOR}
    (bounce,) = [mail for mail in mails if mail.recipients == [TUTOR]]
    assert b"5.7.1" in bounce.data


def test_the_log_and_the_process_list_name_nobody(postfix, sink, service):
    for post in (BULLETIN, TO_MOTHER, EXTENSION, FIELD_TRIP, URGENT_AND_MORE):
        send(postfix.port, post)
    log = service.log_file.read_text("utf-8")
    assert re.search(r'"course": ?"block"', log)
    commands = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    ours = "\n".join(line for line in commands.splitlines() if "spawn_main" in line)
    for name in (*NAMES, "larkfield.example", "@"):
        assert name not in log
        assert name not in ours


def test_the_commands_of_the_page_work_word_for_word(postfix, sink, service):
    lines = [line for line in page_block("commands") if not line.startswith("#")]
    listing, showing, releasing, hurrying, deleting, judging, deleting_too = lines
    assert deleting == deleting_too

    def do(line: str, key: str) -> str:
        return postfix.command(*line.replace("QUEUE_ID", key).split())

    def hold() -> str:
        assert send(postfix.port, FIELD_TRIP)[0] == 250
        return postfix.held()[-1]

    first = hold()
    assert f'"queue_name": "hold", "queue_id": "{first}"' in do(listing, first)
    assert "Field trip: who needs what" in do(showing, first)

    showing, submitting = judging.replace("SENDER", TUTOR).split(" | ")
    name, *words = submitting.replace("RECIPIENT", " ".join(FIELD_TRIP.recipients)).split()
    events = len(service.events())
    subprocess.run(
        [f"/usr/sbin/{name}", "-C", str(postfix.config), *words],
        input=do(showing, first).encode(),
        check=True,
    )
    wait_for(lambda: len(service.events()) > events, 60)
    wait_for(lambda: len(postfix.held()) == 2)
    do(deleting, first)
    (second,) = postfix.held()
    ours = [each for each in sink.arrived if each.sender != "<>"]  # not a bounce that came late
    assert ours == []
    do(releasing, second)
    do(hurrying, second)
    wait_for(lambda: any(each.sender != "<>" for each in sink.arrived), 60)
    (arrived,) = (each for each in sink.arrived if each.sender != "<>")
    assert sorted(arrived.recipients) == sorted(FIELD_TRIP.recipients)
    wait_for(lambda: postfix.queue() == {})
