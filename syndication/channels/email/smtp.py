"""A pipelining SMTP client (RFC 5321, RFC 2920) that checks every answer and never guesses.

The end of one mail and the envelope of the next travel in one write, and the mail after that is built while the relay
thinks. Content goes out only when its own envelope was answered and the mail before it has its end, so that at any
moment at most one mail per connection has begun and not ended.
"""

from collections.abc import Iterable, Iterator
from re import compile as compile_pattern

from syndication.channels import Outcome, Outgoing, Result, Watch
from syndication.channels.email.relay import Connection, Relay, RelayDown, Reply

_GO_AHEAD = 354
_MOST_OFFERS = 2
_FIRST_DEFERRAL = 400
_FIRST_REFUSAL = 500
# Answers about us, not about the mail or its recipient.
_OUR_FAULT = frozenset({500, 501, 502, 503, 504, 530, 534, 535, 538})
_PATH = compile_pattern(r"[!-;=?-~]*")
_END_OF_DATA = b".\r\n"
_LINE_END = compile_pattern(rb"\r\n|\r|\n")


class SmtpChannel:
    """Sends mails over one connection at a time, made when it is needed and made anew when it was lost."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._connection: Connection | None = None
        self.is_down = False
        """Whether the relay could not be reached when it was last tried."""

    def send(self, mails: Iterable[Outgoing], watch: Watch) -> None:
        """Send `mails`; each one that is pulled has one attempt and exactly one end.

        When the relay cannot be reached (`is_down`), nothing more is pulled.
        """
        try:
            _Run(self, iter(mails), watch).go()
        except BaseException:
            self.lose()
            raise

    def close(self) -> None:
        """End the conversation politely."""
        if self._connection:
            self._connection.quit()
            self._connection = None

    def connection(self) -> Connection:
        """Return the open connection, or open one; `RelayDown` if there is none to be had."""
        if self._connection is None:
            self.is_down = True
            self._connection = Connection(self.relay)
            self.is_down = False
        return self._connection

    @property
    def is_connected(self) -> bool:
        """Whether a conversation is open, as far as is known."""
        return self._connection is not None

    def lose(self) -> None:
        """Drop the connection without a word: what is under way is not taken by the relay."""
        if self._connection:
            self._connection.drop()
            self._connection = None


class _Run:
    """One call of `send`: the mail in hand, the one behind it, and what the relay has been told of them."""

    def __init__(self, channel: SmtpChannel, mails: Iterator[Outgoing], watch: Watch) -> None:
        self._channel = channel
        self._mails = mails
        self._watch = watch
        self._current: Outgoing | None = None
        self._ahead: Outgoing | None = None
        self._is_offered = False
        self._offers = 0

    def go(self) -> None:
        """Take mails one after the other until there are no more, or no relay."""
        while mail := self._current or self._take():
            self._current = mail
            try:
                connection = self._channel.connection()
            except RelayDown as reason:
                self._give_up(str(reason))
                return
            try:
                self._advance(connection, mail)
            except RelayDown as reason:
                # Nothing of this content has gone out, so the mail may be offered once more to a fresh connection.
                self._lose()
                if self._offers >= _MOST_OFFERS:
                    self._finish(mail, Result(Outcome.FAILED, 0, str(reason)))

    def _advance(self, connection: Connection, mail: Outgoing) -> None:
        """Bring the mail in hand to its end."""
        if not self._is_offered:
            self._offers += 1
            connection.write(_envelope(mail, connection))
            self._is_offered = True
        refusal, last = self._answers(connection, mail)
        self._is_offered = False
        if refusal:
            self._clear(connection, refusal, last)
            self._finish(mail, _refused(refusal))
        elif not self._watch.begin(mail):
            # The relay waits for content now; only hanging up stops the mail for certain.
            self._lose()
            self._finish(mail, Result(Outcome.WITHHELD))
        else:
            self._transmit(connection, mail)

    def _answers(self, connection: Connection, mail: Outgoing) -> tuple[Reply | None, Reply]:
        """Return the first refusal of the envelope, if there is one, and the last answer to it."""
        answers = [connection.reply()]
        if connection.pipelines:
            answers += [connection.reply(), connection.reply()]
        else:
            for command in (f"RCPT TO:<{mail.recipient}>", "DATA"):
                if answers[-1].is_positive:
                    answers.append(connection.command(command))
        refusals = [answer for answer in answers[:2] if not answer.is_positive]
        refusals += [answer for answer in answers[2:] if answer.code != _GO_AHEAD]
        return (refusals[0] if refusals else None), answers[-1]

    def _clear(self, connection: Connection, refusal: Reply, last: Reply) -> None:
        """Make the conversation fit for the next mail after one was refused."""
        if last.code == _GO_AHEAD or refusal.is_closing or last.is_closing:
            self._lose()
            return
        try:
            if not connection.command("RSET").is_positive:
                self._lose()
        except RelayDown:
            self._lose()

    def _transmit(self, connection: Connection, mail: Outgoing) -> None:
        """Send the content and, in the same write, the next envelope; read the answer and tell the end."""
        content = mail.content if mail.is_wire_ready else _made_ready(mail.content)
        following = self._take() if connection.pipelines else None
        self._current, self._offers = following, 1
        envelope = _envelope(following, connection) if following else b""
        sent = [0]
        try:
            connection.write_counting((content, _END_OF_DATA, envelope), sent)
            self._is_offered = following is not None
            self._look_ahead()
            answer = connection.reply()
        except RelayDown as reason:
            self._lose()
            # The content is complete with the CRLF behind its dot; some relays take it without the LF.
            has_ended = sent[0] >= len(content) + len(_END_OF_DATA) - 1
            self._watch.end(mail, Result(Outcome.UNKNOWN if has_ended else Outcome.FAILED, 0, str(reason)))
            return
        if answer.is_closing or (answer.code < _FIRST_DEFERRAL and not answer.is_positive):
            self._lose()
        self._watch.end(mail, _final(answer))

    def _take(self) -> Outgoing | None:
        """Return the next mail that may be offered; those that may not have their end here."""
        self._offers = 0
        while mail := self._ahead or next(self._mails, None):
            self._ahead = None
            if not (_PATH.fullmatch(mail.sender) and _PATH.fullmatch(mail.recipient) and mail.recipient):
                self._watch.end(mail, Result(Outcome.REFUSED, 0, "this is not an address"))
            elif self._watch.admit(mail):
                return mail
            else:
                self._watch.end(mail, Result(Outcome.WITHHELD))
        return None

    def _look_ahead(self) -> None:
        if self._ahead is None:
            self._ahead = next(self._mails, None)

    def _finish(self, mail: Outgoing, result: Result) -> None:
        self._current = None
        self._watch.end(mail, result)

    def _give_up(self, reason: str) -> None:
        for mail in (self._current, self._ahead):
            if mail:
                self._watch.end(mail, Result(Outcome.FAILED, 0, reason))
        self._current = self._ahead = None

    def _lose(self) -> None:
        self._channel.lose()
        self._is_offered = False


def _envelope(mail: Outgoing, connection: Connection) -> bytes:
    start = b"MAIL FROM:<%s>\r\n" % mail.sender.encode("ascii")
    if not connection.pipelines:
        return start
    return start + b"RCPT TO:<%s>\r\nDATA\r\n" % mail.recipient.encode("ascii")


def _made_ready(content: bytes) -> bytes:
    """Return the content as it travels: every line ends with CRLF, and a leading dot is doubled."""
    content = _LINE_END.sub(b"\r\n", content)
    content = content.replace(b"\r\n.", b"\r\n..")
    if content.startswith(b"."):
        content = b"." + content
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _refused(answer: Reply) -> Result:
    """Say what a refused envelope means for the mail; nothing of its content has gone out."""
    if answer.code in _OUR_FAULT or answer.code < _FIRST_DEFERRAL:
        return Result(Outcome.FAILED, answer.code, answer.text)
    return Result(Outcome.REFUSED if answer.code >= _FIRST_REFUSAL else Outcome.DEFERRED, answer.code, answer.text)


def _final(answer: Reply) -> Result:
    """Say what the answer to the end of data means for the mail."""
    if answer.is_positive:
        outcome = Outcome.ACCEPTED
    elif answer.code >= _FIRST_REFUSAL:
        outcome = Outcome.REFUSED
    else:
        outcome = Outcome.DEFERRED if answer.code >= _FIRST_DEFERRAL else Outcome.UNKNOWN
    return Result(outcome, answer.code, answer.text)
