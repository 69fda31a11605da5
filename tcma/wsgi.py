"""The web side for any WSGI server: `gunicorn tcma.wsgi:application`."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from tcma.app import FRONTS, create_app
from tcma.config import Settings
from tcma.core import logs, runtime
from tcma.core.assets_manifest import DIST

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
else:
    WSGIApplication = Callable[..., Iterable[bytes]]


def make_wsgi(app: Flask) -> WSGIApplication:
    """Return `app` behind what answers before it: built files, click links, and the trusted proxies' headers."""
    wsgi: Any = app.wsgi_app
    if DIST.is_dir():
        # Every name holds a hash of its content, so that a browser may keep it for good.
        wsgi = WhiteNoise(wsgi, root=str(DIST), prefix="static/dist/", immutable_file_test=lambda *_names: True)
    for front in FRONTS:
        wsgi = front(app, wsgi)
    hops = runtime.settings().trusted_proxies
    return ProxyFix(wsgi, x_for=hops, x_proto=hops, x_host=0) if hops else wsgi


def __getattr__(name: str) -> Any:
    """Make `application` when a server asks for it, and not when somebody imports `make_wsgi`."""
    if name != "application":
        raise AttributeError(name)
    settings = Settings.from_environment()
    logs.start(settings.log_level)
    return make_wsgi(create_app(settings))
