"""A sender that is killed leaves at most one mail in doubt, and that one by name."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tcma.core.journal import Outcome, SendBegin, SendEnd, read_batches
from tests.syndication.smtp_sink import SmtpSink

SENDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from syndication.channels import Outgoing
from syndication.channels.email.relay import Relay
from syndication.channels.email.smtp import SmtpChannel
from tcma.core.journal import Journal, Queue, SendBegin, SendEnd

journal = Journal(Path(sys.argv[2]))
noon = datetime(2026, 3, 2, 12, tzinfo=UTC)

class Watch:
    def admit(self, mail):
        return True
    def begin(self, mail):
        journal.append(SendBegin(noon, Queue.DELIVERY, mail.ref, 1))
        return True
    def end(self, mail, result):
        journal.append(SendEnd(noon, Queue.DELIVERY, mail.ref, 1, result.outcome, result.code, result.text))

mails = (Outgoing(n, "bounces@platform.example", f"person{n}@customer.example", b"Subject: x\\r\\n\\r\\nx\\r\\n") for n in range(40))
SmtpChannel(Relay.from_url(sys.argv[1])).send(mails, Watch())
"""


class Killer:
    """Kills a process when it has been asked for the n-th time; says nothing to the mail."""

    def __init__(self, at: int) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._left = at

    def __call__(self, _address: str) -> str | None:
        self._left -= 1
        if self._left == 0 and self.process:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
        return None


@pytest.mark.real("smtp", "processes")
@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one-by-one"])
@pytest.mark.parametrize("hook", ["at_sender", "at_recipient", "at_content"])
@pytest.mark.parametrize("number", [1, 7, 40])
def test_a_killed_sender_leaves_at_most_one_mail_in_doubt_and_names_it(
    tmp_path: Path, hook: str, number: int, pipelining: bool
) -> None:
    killer = Killer(number)
    hooks = {hook: killer}
    with SmtpSink(pipelining=pipelining, **hooks) as sink:  # type: ignore[arg-type]
        killer.process = subprocess.Popen([sys.executable, "-c", SENDER, sink.url(), str(tmp_path)])
        killer.process.wait()
        assert killer.process.returncode == -signal.SIGKILL

    batches = list(read_batches(tmp_path, {}))
    records = [record for batch in batches for record in batch.records]
    begun = [record.row_id for record in records if isinstance(record, SendBegin)]
    ended = [record.row_id for record in records if isinstance(record, SendEnd) and record.outcome is Outcome.ACCEPTED]
    taken = [int(mail.recipient.removeprefix("person").partition("@")[0]) for mail in sink.mails]
    in_doubt = set(begun) - set(ended)

    assert len(taken) == len(set(taken))
    assert set(ended) <= set(taken) <= set(begun)
    assert len(in_doubt) <= 1
    assert set(taken) - set(ended) <= in_doubt
    assert all(batch.damage == 0 for batch in batches)
