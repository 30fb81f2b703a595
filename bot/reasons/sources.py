"""Reasons why a source of papers gave nothing that can be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.translation import phrase

SOURCE_SENTENCES: Final[Mapping[str, str]] = {
    "source.circuit_open": phrase("{title} is left alone until {time} UTC ({why})."),
    "source.client_error": phrase("{title} turned the request down (HTTP {status})."),
    "source.connection_broken": phrase("{title} broke off its answer; it is asked again later."),
    "source.foreign_redirect": phrase("{title} sends us on to {host}, which is not followed."),
    "source.pause_requested": phrase("{title} asks for a pause of {span}; it is asked again at {time} UTC."),
    "source.redirect_loop": phrase("{title} sends us round in circles; its answer was not used."),
    "source.server_error": phrase("{title} answered with an error (HTTP {status}); it is asked again later."),
    "source.timed_out": phrase("{title} did not answer within {seconds} s; it is asked again later."),
    "source.too_large": phrase("{title} sent more than {size} MB; it was not used."),
    "source.unexpected_status": phrase("{title} answered with HTTP {status}, which means nothing here."),
    "source.unreachable": phrase("{title} can’t be reached; it is asked again later."),
    "huggingface.empty": phrase("Hugging Face sent nothing where a list of papers belongs; it was not used."),
    "huggingface.incomplete_paper": phrase("Hugging Face sent a paper without an id or a title; it was ignored."),
    "huggingface.no_json": phrase(
        "Hugging Face sent something that is not JSON where a list of papers belongs; it was not used."
    ),
    "huggingface.no_list": phrase("Hugging Face sent something other than a list of papers; it was ignored."),
    "huggingface.web_page": phrase("Hugging Face sent a web page where a list of papers belongs; it was not used."),
    "arxiv.empty_page": phrase("arXiv counts {total} papers and sends none; it is asked again later."),
    "arxiv.invalid_category": phrase("“{names}” is no arXiv category; they are written like cs.CL."),
    "arxiv.no_announcements": phrase("arXiv has no announcements for one of these categories; check ARXIV_CATEGORIES."),
    "arxiv.no_feed": phrase("arXiv sent something that is not an Atom feed; it was not used."),
    "arxiv.refused": phrase("arXiv turned the request down: {reason}."),
    "arxiv.web_page": phrase("arXiv sent a web page where a feed belongs; it was not used."),
}
