"""The user's own file as Train shows it: the rows of its columns, its first records, and how it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...engine.results import READING_KEYS, DataKind, Preflight, Reading
from .data_fields import COLUMNS, FIELDS, ROLES
from .paths import absolute
from .reading_form import ReadAs
from .reading_preview import ReadingPreview
from .setting import SettingRow


class OwnFileRows:
    """What is decided about one file; another file, or another task, begins anew."""

    def __init__(self, rows: Mapping[str, SettingRow]) -> None:
        self.rows = rows
        self.preview = ReadingPreview(opens=True)
        self.read: dict[str, str] = {}
        """What the user decided beside the columns, as a JobSpec has it."""
        self.reading: Reading | None = None
        """How the file is read, as far as that is known."""
        self.problem = ""
        """Why it cannot be read."""
        self.data_kind: DataKind = "labels"
        """What it is read for."""
        self._stated: str | None = None
        """The path that the columns in the rows, and ``read``, were stated for; others start from what is found."""

    @property
    def roles(self) -> dict[str, str]:
        """Role of a reading to the row that names its column."""
        return ROLES[self.data_kind]

    @property
    def columns(self) -> tuple[str, str]:
        """What the rows name: the column of the texts, and of what is read beside them."""
        names = [self.rows[name].text for name in self.roles.values()]
        return names[0], names[1] if len(names) > 1 else ""

    @property
    def spec_read(self) -> dict[str, str]:
        """All keys of a reading: those that nothing was decided about are empty, whatever was decided elsewhere."""
        return {key: "" for key in READING_KEYS if key not in self.roles} | self.read

    def parts(self) -> dict[str, object]:
        """The arguments of a JobSpec that name the file and say how it is read."""
        values: dict[str, object] = {"data": absolute(self.rows["path"].text), "read": dict(self.read)}
        for name, row in zip(("text_column", "label_column"), self.roles.values(), strict=False):
            values[name] = self.rows[row].text or FIELDS[row].default
        return values

    def as_found(self, checked: Preflight) -> Preflight:
        """A check with the reasons of those columns that were offered here and that nobody changed: what the rows name
        reaches it as if somebody had said so."""
        reading, offered = checked.check.reading, self.reading
        if reading is None or offered is None or reading.path != offered.path:
            return checked
        same = {role for role in reading.why if role in offered.why and reading.value(role) == offered.value(role)}
        why = {role: offered.why[role] if role in same else reason for role, reason in reading.why.items()}
        return replace(checked, check=replace(checked.check, reading=replace(reading, why=why)))

    def state(self, path: str | None, read: object) -> None:
        """The rows were filled for ``path``, which is read so."""
        self._stated = path
        self.read = {str(key): str(value) for key, value in read.items()} if isinstance(read, dict) else {}

    def begin(self, path: str | None, data_kind: DataKind) -> bool:
        """Another file, or another task: what was found or chosen for the last says nothing of these. Whether what is
        in the rows was stated for it."""
        self.data_kind = data_kind
        stated = self._stated is not None and self._stated == path
        if not stated:
            self.read = {}
            for name in COLUMNS:
                self.rows[name].set(FIELDS[name].default)
        for name in COLUMNS:
            self.rows[name].refuse("")
        self._stated = None
        self.offer(())
        self.show(None)
        return stated

    def offer(self, names: Sequence[str]) -> None:
        """Offer what the columns are called."""
        for name in COLUMNS:
            self.rows[name].offer(names, "column")

    def show(self, reading: Reading | None) -> None:
        """Show how the file is read: its columns in the rows, others to choose, the first records."""
        self.reading, self.problem = reading, ""
        if reading is not None:
            self.offer(reading.columns)
            self.read = {key: value for key, value in reading.stated.items() if key not in self.roles}
            for role, name in self.roles.items():
                column, row = reading.value(role), self.rows[name]
                reason = reading.reason(role)
                names = dict.fromkeys((*filter(None, [column]), *reading.candidates.get(role, ()), *reading.columns))
                row.offer([*names], "column", f"Found {reason}." if column and reading.why[role] != "stated" else "")
                if row.text in (row.field.default, "") or row.text == column:
                    row.set(column)
        self.show_preview()

    def show_preview(self) -> None:
        """The first records, by what the rows name now."""
        self.preview.show(self.reading, *self.columns)

    def refuse(self, sentence: str, columns: Sequence[str]) -> None:
        """Say why the file cannot be read, under the row that can mend it."""
        self.problem = sentence
        self.offer(columns)
        self.rows[next(iter(self.roles.values())) if columns else "path"].refuse(sentence)

    def take(self, answer: ReadAs) -> None:
        """Read the file as was answered."""
        self.read = dict(answer.read)
        for name, column in zip(self.roles.values(), (answer.text, answer.second), strict=False):
            self.rows[name].set(column)
