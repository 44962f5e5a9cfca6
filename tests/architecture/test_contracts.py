"""The contracts keep the conventions that clients rely on, and the generated code is what they generate."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, MethodDescriptor

from infra.local import generate
from tests.architecture.house import WITH_AN_API

RECEIPTS = "comitia.common.v1.Receipt"
FRAME = "comitia.common.v1.Command"
STREAMED_COMMANDS = {"CastBallots"}


def file_of(service: str) -> FileDescriptor:
    """The contract of a service."""
    module = importlib.import_module(f"comitia.{service}.v1.{service}_pb2")
    found: FileDescriptor = module.DESCRIPTOR
    return found


def methods() -> Iterator[MethodDescriptor]:
    for service in sorted(WITH_AN_API):
        for contract in file_of(service).services_by_name.values():
            yield from contract.methods


def messages_in(descriptor: Descriptor) -> Iterator[Descriptor]:
    yield descriptor
    for nested in descriptor.nested_types:
        yield from messages_in(nested)


def is_command(method: MethodDescriptor) -> bool:
    """A method that answers with receipts."""
    receipts = method.output_type.fields_by_name.get("receipts")
    return receipts is not None and message_name(receipts) == RECEIPTS


def message_name(field: FieldDescriptor) -> str:
    """The full name of the message that a field holds; empty for a number or text."""
    return field.message_type.full_name if field.message_type else ""


COMMANDS = [method for method in methods() if is_command(method)]
FIELDS = [
    field
    for service in sorted(WITH_AN_API)
    for top in file_of(service).message_types_by_name.values()
    for message in messages_in(top)
    for field in message.fields
]


@pytest.mark.parametrize("service", sorted(WITH_AN_API))
def test_each_service_has_its_own_package_and_one_grpc_service(service: str) -> None:
    contract = file_of(service)
    assert contract.package == f"comitia.{service}.v1"
    assert list(contract.services_by_name) == [f"{service.capitalize()}Service"]


@pytest.mark.parametrize("method", COMMANDS, ids=lambda method: method.name)
def test_every_command_is_framed_and_names_its_process(method: MethodDescriptor) -> None:
    frame, process = method.input_type.fields_by_number[1], method.input_type.fields_by_number[2]
    assert (frame.name, message_name(frame)) == ("command", FRAME)
    assert (process.name, process.type) == ("process_id", FieldDescriptor.TYPE_STRING)
    assert method.output_type.fields_by_number[1].name == "receipts"


def test_every_service_but_audit_takes_commands() -> None:
    assert {method.full_name.split(".")[1] for method in COMMANDS} == WITH_AN_API - {"audit"}


def test_whatever_has_a_frame_answers_with_receipts() -> None:
    framed = {method.name for method in methods() if "command" in method.input_type.fields_by_name}
    assert framed == {method.name for method in COMMANDS} - STREAMED_COMMANDS


def test_no_number_is_a_float() -> None:
    floats = {FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE}
    assert len(FIELDS) > 100
    assert [field.full_name for field in FIELDS if field.type in floats] == []


def test_the_committed_code_is_what_the_contracts_generate(tmp_path: Path) -> None:
    generate.generate(tmp_path / "comitia")
    assert generate.differences(tmp_path / "comitia", generate.GENERATED) == []


def test_a_difference_in_the_generated_code_is_seen(tmp_path: Path) -> None:
    shutil.copytree(generate.GENERATED, tmp_path / "comitia", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "comitia" / "common" / "v1" / "common_pb2.py").write_text("changed\n")
    (tmp_path / "comitia" / "audit" / "__init__.py").unlink()
    (tmp_path / "comitia" / "added.py").touch()
    assert generate.differences(tmp_path / "comitia", generate.GENERATED) == [
        "added.py",
        "audit/__init__.py",
        "common/v1/common_pb2.py",
    ]
