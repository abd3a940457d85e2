"""What the card of a translator holds in ``[serving]`` otherwise than others."""

from ...card_schema import Field, Number

FIELDS: dict[str, Field] = {"longest": Number(2, 100_000, whole=True)}
