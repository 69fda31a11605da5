"""A compiled mail as programs in light and in dark show it: by its own styles, or turned by the program itself.

A browser gives a frame the preference of its own reader, so a preview decides the mail's question for it: the
condition `prefers-color-scheme` is replaced by one that always holds, or never.
"""

from re import IGNORECASE, Match
from re import compile as compile_pattern

from campaigns.mails import MailLook
from campaigns.manifest.mail import has_dark_styles

_PREFERENCE = compile_pattern(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", IGNORECASE)
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"
_HEAD_END = compile_pattern(r"</head>", IGNORECASE)
# What Gmail's apps and Outlook do is not published. Turning lightness and keeping hues, and pictures as they are,
# comes near to it.
_TURNED = "filter: invert(1) hue-rotate(180deg)"
_INVERSION = f"html {{ background: #fff; {_TURNED}; }} img {{ {_TURNED}; }}"


def in_look(html: str, look: MailLook) -> str:
    """Return the HTML of a mail as a program with that look shows it, whatever the browser's reader prefers.

    A mail without dark styles of its own is the same in light and in dark.
    """
    scheme = "dark" if look is MailLook.DARK and has_dark_styles(html) else "light"

    def decided(preference: Match[str]) -> str:
        return _ALWAYS if preference[1].lower() == scheme else _NEVER

    styles = f":root {{ color-scheme: only {scheme} !important; }}"
    if look is MailLook.INVERTED:
        styles += f" {_INVERSION}"
    html = _PREFERENCE.sub(decided, html)
    return _HEAD_END.sub(f"<style>{styles}</style></head>", html, count=1)
