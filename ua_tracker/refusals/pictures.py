"""Refusals about the picture of an action."""

from ua_tracker.refusals.base import Refusal, marked


class NoPicture(Refusal):
    """No file was chosen, and the action has no picture whose words could be changed."""

    sentence = marked("Choose a picture.")
    field = "picture"


class NotAPicture(Refusal):
    """The file is no JPEG, PNG or WebP file, or it is cut short or damaged."""

    sentence = marked("This file is not a whole JPEG, PNG or WebP picture. Save the picture in one of these formats.")
    field = "picture"


class PictureFileTooLarge(Refusal):
    """The file has too many bytes."""

    sentence = marked("This file is over %(limit)s megabytes. Save the picture smaller and try again.")
    field = "picture"


class TooManyPixels(Refusal):
    """The picture would take too much memory: a small file can hold a huge one."""

    sentence = marked("This picture has over %(limit)s million pixels. Save it smaller and try again.")
    field = "picture"


class TooFewPixels(Refusal):
    """The picture is too small to be recognised."""

    sentence = marked("This picture is less than %(limit)s pixels wide or high. Choose a larger one.")
    field = "picture"


class PictureNotDescribed(Refusal):
    """Those who do not see the picture need a description of it (WCAG 2.2, 1.1.1)."""

    sentence = marked("Describe what can be seen in the picture.")
    field = "description"
