"""A gzip file of parts that were compressed once, with other texts in its holes."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ua_tracker.web.live import packing

texts = st.binary(max_size=300).filter(packing.can_hold)


@given(st.lists(texts, min_size=1, max_size=4), st.data())
def test_any_programs_unpack_it_whatever_fills_the_holes(parts, data):
    lengths = [data.draw(st.integers(0, 80)) for _ in parts[1:]]
    packed = packing.around(parts, lengths)
    for _ in range(2):
        filled = [packing.stored(data.draw(st.binary(min_size=length, max_size=length))) for length in lengths]
        moved = packing.alone(data.draw(texts))
        whole = [packed[0], *(one for pair in zip(filled, packed[1:], strict=True) for one in pair)]
        assert gzip.decompress(packing.gzip([*whole, moved, *whole])) == (
            b"".join(one.plain for one in [*whole, moved, *whole])
        )


def test_a_text_that_repeats_what_stood_in_a_hole_does_not_refer_to_it():
    key = b"k" * 32
    before, after = packing.around([b"value=", b"value=" + key], [len(key)])
    assert gzip.decompress(packing.gzip([before, packing.stored(b"x" * 32), after])) == b"value=" + b"x" * 32 + (
        b"value=" + key
    )


@pytest.mark.parametrize("longest", [0, 65_535])
def test_a_stored_text_may_be_empty_or_as_long_as_a_block(longest):
    assert gzip.decompress(packing.gzip([packing.stored(b"a" * longest)])) == b"a" * longest
