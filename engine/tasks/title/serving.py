"""What the card of a writer of titles holds in ``[serving]`` otherwise than others."""

from ...card_schema import FILE, Field

FIELDS: dict[str, Field] = {"vocabulary": FILE}
