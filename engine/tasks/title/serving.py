"""The section ``[serving]`` of a title generator's card: what differs from other tasks."""

from ...card_schema import FILE, Field

FIELDS: dict[str, Field] = {"vocabulary": FILE}
