"""`python -m infra.rabbitmq.definitions` writes definitions.json: what Comitia has on a broker, and who may do what with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from runtime.topology import EVENTS, EXCHANGES, HINTS, QUEUES, Binding

FILE = Path(__file__).with_name("definitions.json")
NOTHING = "^$"


def definitions(vhost: str = "/") -> dict[str, Any]:
    """RabbitMQ's definitions. Users have no password, and cannot log in, until `rabbitmqctl change_password` gives one."""
    permissions = {
        "comitia-relay": (NOTHING, _only(EVENTS.name), NOTHING),
        # To replay is to publish to a queue by its name, which goes through the broker's default exchange.
        "comitia-operator": (NOTHING, _only("amq.default"), _only("comitia.deadletters")),
        **{
            f"comitia-{service}": (NOTHING, _only(queue.name), _only(EVENTS.name, queue.name))
            for service, queue in HINTS.items()
        },
    }
    return {
        "users": [{"name": name, "password_hash": "", "tags": ""} for name in permissions],
        "vhosts": [{"name": vhost}],
        "permissions": [
            {"user": user, "vhost": vhost, "configure": configure, "write": write, "read": read}
            for user, (configure, write, read) in permissions.items()
        ],
        "exchanges": [
            {"name": one.name, "vhost": vhost, "type": one.kind, "durable": True, "auto_delete": False, "arguments": {}}
            for one in EXCHANGES
        ],
        "queues": [
            {"name": one.name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": dict(one.arguments)}
            for one in QUEUES
        ],
        "bindings": [_binding(one.name, each, vhost) for one in QUEUES for each in one.bindings],
    }


def _binding(queue: str, binding: Binding, vhost: str) -> dict[str, Any]:
    return {
        "source": binding.exchange,
        "vhost": vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": binding.key,
        "arguments": dict(binding.arguments),
    }


def _only(*names: str) -> str:
    """The pattern of these names and no others."""
    escaped = [name.replace(".", "\\.") for name in names]
    return f"^{escaped[0]}$" if len(escaped) == 1 else f"^({'|'.join(escaped)})$"


def text() -> str:
    """The file's."""
    return json.dumps(definitions(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
