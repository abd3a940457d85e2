"""The section ``[serving]`` of a translator's card: what differs from other tasks."""

from ...card_schema import Field, Number

FIELDS: dict[str, Field] = {"longest": Number(2, 100_000, whole=True)}
