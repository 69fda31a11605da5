"""Settings: read once from the environment, frozen, and loud about what is wrong."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from re import compile as compile_pattern
from urllib.parse import urlsplit

MINIMUM_SECRET_LENGTH = 32
_PACE = compile_pattern(r"[a-z0-9.-]+=[1-9][0-9]{0,8}/(s|min|h|d)")
_SELECTOR = compile_pattern("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class WrongSetting(Exception):
    """A setting is missing or cannot be used; the message names it and says what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator can choose. Each key is `TCMA_` and the field's name in capitals.

    A key may also be given as `TCMA_<NAME>_FILE`: the file's text, without the last line end, is the value.
    """

    secret_key: str = field(repr=False)
    """At least 32 characters. Sessions, links and sealed columns hang on keys derived from it."""
    previous_secret_keys: tuple[str, ...] = field(default=(), repr=False)
    """Older secret keys, separated by commas, newest first: still read, no longer written."""
    backup_key: str = field(default="", repr=False)
    """At least 32 characters, kept apart from the backups that `tcma backup` seals with it."""
    backup_folder: Path | None = None
    """Folder in which a sealed backup is taken each day, the last fourteen are kept, and one a week is rehearsed."""
    instance: Path = Path("instance")
    """Folder for what the embedded set-up keeps: database, blobs, journal."""
    database_url: str = "sqlite:///instance/tcma.db"
    """SQLAlchemy address: `sqlite:///file` or `postgresql://user@host/name`."""
    broker_url: str = "memory://"
    """Celery's broker: `memory://` rings inside one process; `redis://host:6379/0` for separate workers."""
    smtp_url: str = "smtp://127.0.0.1:1025"
    """The relay: `smtp://[user:password@]host:port[?tls=starttls|implicit|none]`. Several, separated by blanks:
    the first that answers is used."""
    inbound_url: str = field(default="", repr=False)
    """The mailbox that bounces and answers arrive in, looked at each minute: `imaps://user:password@host/INBOX`, with
    `?move=FOLDER` for a folder of what was taken in; `pipe:` where the mail server hands them to `tcma inbound`."""
    send_pace: str = ""
    """How fast mail may go, such as `relay=100/s sender=5000/h domain=300/min gmail.com=60/min`; empty: as it can."""
    storage_url: str = "file://instance/blobs"
    """Where files are kept: `file://folder` or `s3://bucket`."""
    base_url: str = "http://127.0.0.1:8000"
    """The public address; links in mails start with it, and secure cookies follow its scheme."""
    files_url: str = "http://localhost:8000"
    """A second origin without cookies for uploads and previews."""
    mail_domain: str = "mail.tcma.example"
    """Domain of the platform's own sender addresses, Message-IDs and return paths."""
    dkim_key: str = field(default="", repr=False)
    """Private key (PEM, RSA of 2048 bits or Ed25519) that signs mail of the mail domain; empty: the relay signs."""
    dkim_selector: str = "tcma"
    """Selector of that key: its public half stands at `<selector>._domainkey.<mail domain>`."""
    dns_resolver: str = ""
    """Resolver that the records of partners' domains are asked of: `address` or `address:port`; empty: the system's."""
    social_linkedin_url: str = ""
    social_facebook_url: str = ""
    social_x_url: str = ""
    """Base URLs of the networks' APIs; empty means the network's own published address, in the demo the sandbox."""
    social_linkedin_client_id: str = ""
    social_linkedin_client_secret: str = field(default="", repr=False)
    social_facebook_client_id: str = ""
    social_facebook_client_secret: str = field(default="", repr=False)
    social_x_client_id: str = ""
    social_x_client_secret: str = field(default="", repr=False)
    """What each network gave this installation as its app; without an id the network is not offered."""
    demo: bool = False
    """Sign-in cards, a mailbox page, a sandbox network and a clock that can be moved. Never in production."""
    log_level: str = "INFO"
    """From which level on log lines are written: `DEBUG`, `INFO`, `WARNING` or `ERROR`."""
    trusted_proxies: int = 0
    """How many reverse proxies in front set X-Forwarded-*; 0 trusts none."""
    rate_limit_storage_url: str = "memory://"
    """Where request rates are counted: `memory://`, or `redis://…` when there are several processes."""
    api_rate_limit: str = "6000 per minute"
    """How often one token may call the API."""
    upload_quota_mb: int = 20_000
    """How many megabytes of files one organisation may bring along, a vendor's kits among them; 0: no bound.
    What is drawn from them does not count."""
    contact_quota: int = 2_000_000
    """How many contacts one partner may keep; 0: no bound. People who answer a form are taken in regardless."""

    def __post_init__(self) -> None:
        if len(self.secret_key) < MINIMUM_SECRET_LENGTH:
            raise WrongSetting(
                f"TCMA_SECRET_KEY must have at least {MINIMUM_SECRET_LENGTH} characters; "
                "make one with `python3 -c 'import secrets; print(secrets.token_hex(32))'`."
            )
        if self.backup_key and len(self.backup_key) < MINIMUM_SECRET_LENGTH:
            raise WrongSetting(f"TCMA_BACKUP_KEY must have at least {MINIMUM_SECRET_LENGTH} characters.")
        if self.backup_folder is not None and not self.backup_key:
            raise WrongSetting("TCMA_BACKUP_FOLDER needs TCMA_BACKUP_KEY: backups are sealed.")
        _expect_scheme("DATABASE_URL", self.database_url, ("sqlite", "postgresql", "postgresql+psycopg"))
        _expect_scheme("BROKER_URL", self.broker_url, ("memory", "redis", "rediss", "unix"))
        _check_mail(self)
        _expect_scheme("STORAGE_URL", self.storage_url, ("file", "s3"))
        _expect_scheme("BASE_URL", self.base_url, ("http", "https"))
        _expect_scheme("FILES_URL", self.files_url, ("http", "https"))
        _expect_scheme("RATE_LIMIT_STORAGE_URL", self.rate_limit_storage_url, ("memory", "redis", "rediss"))
        for name in ("linkedin", "facebook", "x"):
            address = getattr(self, f"social_{name}_url")
            if address:
                _expect_scheme(f"SOCIAL_{name.upper()}_URL", address, ("http", "https"))
        if self.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise WrongSetting("TCMA_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
        if self.is_sqlite and self.broker_url != "memory://":
            raise WrongSetting(
                "TCMA_BROKER_URL names a broker for separate workers, which need PostgreSQL: "
                "set TCMA_DATABASE_URL to postgresql://…, or leave TCMA_BROKER_URL unset."
            )

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def smtp_urls(self) -> tuple[str, ...]:
        """The relays, the preferred one first."""
        return tuple(self.smtp_url.split())

    @property
    def is_embedded(self) -> bool:
        """Whether `tcma serve` also runs the worker and the beat."""
        return self.broker_url.startswith("memory")

    @property
    def is_secure(self) -> bool:
        """Whether the public address is https, so that cookies are Secure and carry `__Host-`."""
        return self.base_url.startswith("https://")

    @property
    def sqlalchemy_url(self) -> str:
        """The database address with the driver that the project uses."""
        if self.database_url.startswith("postgresql://"):
            return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return self.database_url

    @property
    def journal_folder(self) -> Path:
        """Where begins, ends and hits are appended before the database has them."""
        return self.instance / "journal"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; a wrong value stops the start and names itself (`WrongSetting`)."""
        environment = os.environ if environment is None else environment
        known = {item.name: item for item in fields(cls)}
        _refuse_unknown(environment, known)
        given = {name: text for name in known if (text := _text(environment, name)) is not None}
        values = {name: _parsed(name, text, str(known[name].type)) for name, text in given.items()}
        instance = Path(str(values.get("instance", "instance"))).absolute()
        values["instance"] = instance
        values.setdefault("database_url", f"sqlite:///{instance}/tcma.db")
        values.setdefault("storage_url", f"file://{instance}/blobs")
        if "secret_key" not in values:
            raise WrongSetting(
                "TCMA_SECRET_KEY is not set. Make one with "
                "`python3 -c 'import secrets; print(secrets.token_hex(32))'` and keep it."
            )
        return cls(**values)  # type: ignore[arg-type]


def _refuse_unknown(environment: Mapping[str, str], known: Mapping[str, object]) -> None:
    for key in environment:
        if not key.startswith("TCMA_") or key.startswith("TCMA_TEST_"):
            continue
        name = key.removeprefix("TCMA_").removesuffix("_FILE").lower()
        if name not in known:
            raise WrongSetting(f"{key} is not a setting of TCMA; see docs/operations.md for the list.")


def _text(environment: Mapping[str, str], name: str) -> str | None:
    key = f"TCMA_{name.upper()}"
    if f"{key}_FILE" not in environment:
        return environment.get(key) or None
    if environment.get(key):
        raise WrongSetting(f"{key} and {key}_FILE are both set; keep one.")
    try:
        return Path(environment[f"{key}_FILE"]).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as reason:
        raise WrongSetting(f"{key}_FILE cannot be read: {reason.strerror}.") from reason


def _parsed(name: str, text: str, kind: str) -> object:
    key = f"TCMA_{name.upper()}"
    if "bool" in kind:
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        if text.lower() not in words:
            raise WrongSetting(f"{key} must be yes or no, not {text!r}.")
        return words[text.lower()]
    if "int" in kind:
        if not text.isdigit():
            raise WrongSetting(f"{key} must be a whole number, not {text!r}.")
        return int(text)
    if "Path" in kind:
        return Path(text).absolute()
    if "tuple" in kind:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _check_mail(settings: Settings) -> None:
    if settings.inbound_url and settings.inbound_url != "pipe:":
        _expect_scheme("INBOUND_URL", settings.inbound_url, ("imaps", "imap"))
        if not urlsplit(settings.inbound_url).hostname or not urlsplit(settings.inbound_url).username:
            raise WrongSetting("TCMA_INBOUND_URL must be imaps://user:password@host/INBOX.")
    if not settings.smtp_urls:
        raise WrongSetting("TCMA_SMTP_URL names no relay.")
    for url in settings.smtp_urls:
        _expect_scheme("SMTP_URL", url, ("smtp", "smtps"))
    for pace in settings.send_pace.split():
        if not _PACE.fullmatch(pace):
            raise WrongSetting(f"TCMA_SEND_PACE must be made of paces such as domain=300/min, not {pace!r}.")
    if settings.dkim_key and "PRIVATE KEY-----" not in settings.dkim_key:
        raise WrongSetting("TCMA_DKIM_KEY must be a private key as PEM; `tcma sender key FILE` makes one.")
    if not _SELECTOR.fullmatch(settings.dkim_selector):
        raise WrongSetting("TCMA_DKIM_SELECTOR must be a name of letters, figures and hyphens.")


def _expect_scheme(name: str, address: str, schemes: tuple[str, ...]) -> None:
    scheme = urlsplit(address).scheme
    if scheme not in schemes:
        raise WrongSetting(
            f"TCMA_{name} must start with {' or '.join(f'{s}://' for s in schemes)}, not {scheme or 'nothing'}."
        )
    if scheme in {"http", "https", "postgresql", "redis", "smtp", "smtps"} and not urlsplit(address).netloc:
        raise WrongSetting(f"TCMA_{name} names no host.")
