"""What a running process was started with: settings, store, keys. Set once at start, read everywhere below the edge."""

from dataclasses import dataclass

from tcma.config import Settings
from tcma.core import memory
from tcma.core.links import Keyring, LinkSigner
from tcma.core.storage import BlobStore, open_store
from tcma.core.uploads import MB, Uploads
from tcma.core.vault import MasterKeys


@dataclass(frozen=True, slots=True)
class Runtime:
    """The few things of the outside that operations may reach for."""

    settings: Settings
    links: LinkSigner
    master_keys: MasterKeys
    store: BlobStore
    uploads: Uploads


_running: list[Runtime] = []


def start(settings: Settings) -> Runtime:
    """Make the process's runtime from its settings; the latest call holds."""
    memory.give_back_what_is_done()
    store = open_store(settings.storage_url)
    running = Runtime(
        settings=settings,
        links=LinkSigner(Keyring.from_secrets(settings.secret_key, settings.previous_secret_keys)),
        master_keys=MasterKeys.of_secrets(settings.secret_key, earlier=settings.previous_secret_keys),
        store=store,
        uploads=Uploads(store, settings.upload_quota_mb * MB),
    )
    _running[:] = [running]
    return running


def _runtime() -> Runtime:
    if not _running:
        message = "the process was not started: call runtime.start(settings) first"
        raise RuntimeError(message)
    return _running[0]


def settings() -> Settings:
    """Return the settings in force."""
    return _runtime().settings


def links() -> LinkSigner:
    """Return what signs and reads the addresses in mails, posts and codes."""
    return _runtime().links


def master_keys() -> MasterKeys:
    """Return the keys that data keys are wrapped with."""
    return _runtime().master_keys


def store() -> BlobStore:
    """Return where blobs are kept."""
    return _runtime().store


def uploads() -> Uploads:
    """Return where the files that people bring are kept, each organisation's within its quota."""
    return _runtime().uploads
