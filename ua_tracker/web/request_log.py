"""What the log and the counts know of a request: its id, and the pattern of its route. Never its path."""

from flask import Flask, Response, g, request

from ua_tracker import logs, request_counts, request_ids
from ua_tracker.server_log import ROUTE, route_name


def register(app: Flask) -> None:
    """Registers it on the app. Call it before everything else that looks at requests."""
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(lambda _error: _end())
    app.add_template_global(number, "request_number")


def number() -> str:
    """The id of this request: the proxy's, or one of our own."""
    return request_ids.of(request.environ)


def _begin() -> None:
    route = route_name(request.url_rule.rule) if request.url_rule else request_counts.NO_ROUTE
    request.environ[ROUTE] = route
    g.logged = logs.current.set(logs.Request(number(), request.method, route))


def _tell(response: Response) -> Response:
    response.headers[request_ids.HEADER] = number()
    return response


def _end() -> None:
    if "logged" in g:
        logs.current.reset(g.pop("logged"))
