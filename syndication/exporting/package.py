"""The mails of a launch as a zip for one tool. The same launch, tool and reader give the same bytes each time.

Pictures stay where they are: their addresses are whole, at the host of files. Mails are pasted into HubSpot and Brevo
as code, so a picture beside them would be lost, and Mailchimp's guide asks for whole addresses, too. It also keeps a
promise: the pictures of a kit that is withdrawn go dark wherever they were sent from.
"""

import stat
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO

from campaigns.models import Launch
from syndication.exporting.mails import ExportedMail, exported_steps
from syndication.exporting.readme import readme
from syndication.exporting.tools import DIALECTS, Tool, written
from tcma.core import runtime
from tcma.core.links import Purpose
from tcma.core.merge import Segment

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def zip_for(launch: Launch, tool: Tool) -> bytes:
    """Return the zip of a launch's mails for a tool. Refused: as `exported_steps` does."""
    steps = exported_steps(launch)
    files = {"README.txt": readme(launch, steps, tool)}
    for step in steps:
        for mail in step.mails:
            for name, words in files_of(mail, tool).items():
                files[f"{step.folder}/{mail.language}/{name}"] = words
    return _zipped(files)


def files_of(mail: ExportedMail, tool: Tool) -> Mapping[str, str]:
    """Return the files of one mail in one language, by name."""
    click = runtime.links().sign(Purpose.SHARE, mail.link_set_id, 0)
    return {
        "index.html": _html(mail, tool, click),
        "text.txt": written(mail.compiled.text, tool, kind="text", click=click),
        **{name: written(words, tool, kind="text") + "\n" for name, words in _lines(mail)},
    }


def _lines(mail: ExportedMail) -> Iterator[tuple[str, tuple[Segment, ...]]]:
    yield "subject.txt", mail.compiled.subject
    if mail.compiled.subject_b:
        yield "subject-b.txt", mail.compiled.subject_b
    yield "preheader.txt", mail.preheader


def _html(mail: ExportedMail, tool: Tool, click: str) -> str:
    dialect = DIALECTS[tool]
    html = written(mail.compiled.html, tool, kind="html", click=click)
    body, end, rest = html.rpartition("</body>")
    return f"{dialect.head}{body}{dialect.foot}{end}{rest}"


def _zipped(files: Mapping[str, str]) -> bytes:
    """Return a zip whose entries are stored, not packed: packed bytes differ from one version of zlib to the next."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, words in files.items():
            entry = zipfile.ZipInfo(path, _FIRST_DAY)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, words.encode())
    return out.getvalue()
