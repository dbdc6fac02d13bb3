"""The pages of the daemon as one literal table: method, path, who may ask, and what answers.

A path is a pattern of the whole path. What stands here is all that is answered; a test holds that every
row that changes something asks for a token.
"""

from __future__ import annotations

from flows.commands import LONGEST_COMMAND, commands_page, hello_page, question_page, selection_page
from flows.feed_page import feed_page
from flows.health import health_page
from flows.page import Route, Who
from flows.warning_page import warning_page

# fmt: off
ROUTES: tuple[Route, ...] = (
    Route("GET",  r"/health",                           Who.ANYBODY,     health_page),
    Route("GET",  r"/feeds/[A-Za-z0-9_-]{20,100}\.ics", Who.ANYBODY,     feed_page),
    Route("GET",  r"/hello/[0-9a-f]{32}",               Who.ANYBODY,     hello_page),
    Route("POST", r"/selections",                       Who.OWNER,       selection_page, LONGEST_COMMAND),
    Route("POST", r"/questions",                        Who.OWNER,       question_page, 64 * 1024),
    Route("POST", r"/commands",                         Who.OWNER,       commands_page, LONGEST_COMMAND),
    Route("POST", r"/warnings",                         Who.FLOW_SERVER, warning_page, 64 * 1024),
)
# fmt: on
