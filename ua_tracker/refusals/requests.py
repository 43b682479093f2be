"""Refusals by the server itself, before the request reaches the site."""

from ua_tracker.refusals.base import Refusal, marked
from ua_tracker.refusals.storage import NotStored


class RequestRefused(Refusal):
    """The server refuses the request and closes the connection. `status` as in RFC 9110, 15.

    `to_programs` is what programs are told, in English, where the sentence speaks of pages and forms.
    """

    status = "400 Bad Request"
    to_programs = ""


class RequestMalformed(RequestRefused):
    """The request is malformed, or can be read in two ways (RFC 9112, 11.2)."""

    sentence = marked("The address or the form was damaged on its way. Go back, load the page again and try once more.")
    to_programs = "This request cannot be read, or it can be read in two ways."


class HeadTooLarge(RequestRefused):
    """The head or the trailers are too long (RFC 6585, 5)."""

    status = "431 Request Header Fields Too Large"
    sentence = marked("The address or its headers are longer than this site reads.")


class TargetTooLong(RequestRefused):
    """The target of the request is too long (RFC 9110, 15.5.15)."""

    status = "414 URI Too Long"
    sentence = HeadTooLarge.sentence


class BodyTooLarge(RequestRefused):
    """The body is longer than this URL accepts, or is announced to be."""

    status = "413 Content Too Large"
    sentence = marked("This form is larger than this site takes. Go back, and send a smaller file or a shorter text.")
    to_programs = "The body of this request is longer than this site reads."


class CodingUnknown(RequestRefused):
    """The body has a transfer coding other than chunked (RFC 9112, 6.1)."""

    status = "501 Not Implemented"
    sentence = marked("This site does not read requests that are encoded in this way.")


class ExpectationUnknown(RequestRefused):
    """The client expects something else than 100 Continue (RFC 9110, 10.1.1)."""

    status = "417 Expectation Failed"
    sentence = CodingUnknown.sentence


class RequestFailed(RequestRefused):
    """The site did not answer the request, through a fault of its own."""

    status = "500 Internal Server Error"
    sentence = NotStored.sentence


class RequestTooSlow(RequestRefused):
    """The request was not complete in time."""

    status = "408 Request Timeout"
    sentence = marked("Your request took too long to arrive. What you sent was not stored: please try again.")


class ServerBusy(RequestRefused):
    """Too many requests are waiting. Nothing was stored."""

    status = "503 Service Unavailable"
    sentence = NotStored.sentence
