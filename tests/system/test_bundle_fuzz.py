"""No damage to a real bundle makes the verification stumble, or lets it hold for other records than the real ones."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.demo import company
from kernel import canonical
from kernel.records import Record
from kernel.refusal import Refused
from replay.verify import Report, verify
from tests.system.conftest import Demo
from tests.system.tampering import opened, records_of, resigned
from tests.system.test_tampering import private_key
from transparency.bundle import open_bundle

pytestmark = pytest.mark.slow

SHARED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SHARED
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_flipped_byte_is_refused_found_or_harmless(demo: Demo, where: float, flip: int) -> None:
    path = demo.told[company.PROCESS].bundle
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= flip
    report = verify(io.BytesIO(bytes(data)))
    assert isinstance(report, Report | Refused)
    if isinstance(report, Report) and report.held:
        bundle = open_bundle(bytes(data))
        assert not isinstance(bundle, Refused)
        assert list(bundle.records()) == records_of(path)
        assert bundle.results() == opened(path).results()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@SHARED
@given(chosen=st.integers(0, 10**6), field=st.integers(0, 10**6), value=JSON)
def test_a_payload_of_any_shape_is_a_finding_and_never_an_error(
    demo: Demo, chosen: int, field: int, value: Any
) -> None:
    path = demo.told[company.PROCESS].bundle

    def edit(records: list[Record]) -> list[Record]:
        at = chosen % len(records)
        payload = json.loads(records[at].payload)
        names = sorted(payload) or ["unexpected"]
        name = names[field % len(names)]
        changed = canonical.dumps(payload | {name: value})
        told = {each: getattr(records[at], each) for each in Record.__dataclass_fields__}
        return [*records[:at], Record(**(told | {"payload": changed})), *records[at + 1 :]]

    report = verify(io.BytesIO(resigned(path, private_key(demo), edit)))
    assert isinstance(report, Report | Refused)
