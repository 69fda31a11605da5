"""What a person has to do in a journey: presses, screens, fields, choices and files, as the browser sees them."""

from dataclasses import dataclass, field

PRESS_SECONDS = 3
CHOICE_SECONDS = 5
FILE_SECONDS = 15
SCREEN_SECONDS = 10
WORDS_A_MINUTE = 40


@dataclass
class Effort:
    """Counted from the moment at which a person begins something.

    `fields` are the values that were typed, by page and name of the field; `choices` are lists from which one was
    chosen; `files` are fields into which files were dropped; `screens` are the pages that were shown, in their order.
    """

    presses: int = 0
    choices: int = 0
    files: int = 0
    fields: dict[tuple[str, str], str] = field(default_factory=dict)
    screens: list[str] = field(default_factory=list)

    def changed(self, page: str, kind: str, name: str, value: str) -> None:
        """Note that a field holds something else than before."""
        if kind == "file":
            self.files += 1
        elif kind == "select":
            self.choices += 1
        else:
            self.fields[page, name] = value

    @property
    def words(self) -> int:
        """How many words were typed, an address counting as one."""
        return sum(len(value.split()) for value in self.fields.values())

    @property
    def minutes(self) -> float:
        """How long a person takes who knows what to say.

        3 seconds for a press, 5 to choose from a list, 15 to find a file and drop it, 10 to look at a new screen,
        and 40 words a minute typed.
        """
        seconds = PRESS_SECONDS * self.presses + CHOICE_SECONDS * self.choices + FILE_SECONDS * self.files
        return (seconds + SCREEN_SECONDS * len(self.screens)) / 60 + self.words / WORDS_A_MINUTE

    def told(self) -> str:
        """Say all of it in a line, for a report."""
        return (
            f"{len(self.screens)} screens, {self.presses} presses, {len(self.fields)} fields with {self.words} words, "
            f"{self.choices} choices, {self.files} files: about {self.minutes:.1f} minutes"
        )
