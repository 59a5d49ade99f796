"""What is known of participants or stimuli beside their gaze: group, condition, age."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Attributes:
    """A table of texts with a row for each participant, or for each stimulus.

    names : of the columns. rows : who -> a value for each name, "" where it is not known.
    """

    names: tuple[str, ...] = ()
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def value(self, who: str, name: str) -> str:
        """Return a value, "" where it is not known."""
        if name not in self.names or who not in self.rows:
            return ""
        return self.rows[who][self.names.index(name)]

    def of(self, who: str) -> dict[str, str]:
        """Return what is known of one: name -> value, without those that are not known."""
        known = zip(self.names, self.rows.get(who, ()), strict=False)
        return {name: value for name, value in known if value}

    def having(self, name: str, value: str) -> tuple[str, ...]:
        """Return all who have a value."""
        return tuple(who for who in self.rows if self.value(who, name) == value)

    def counts(self, name: str) -> dict[str, int]:
        """Return value -> how many have it, without those of whom it is not known."""
        return dict(Counter(found for who in self.rows if (found := self.value(who, name))))

    def updated(self, other: "Attributes") -> "Attributes":
        """Return the table with the columns of another, which replace those of the same name.

        Of whom the other knows nothing, the values stay.
        """
        names = tuple(dict.fromkeys([*self.names, *other.names]))

        def value(who: str, name: str) -> str:
            told = who in other.rows and name in other.names
            return (other if told else self).value(who, name)

        everyone = dict.fromkeys([*self.rows, *other.rows])
        return _table(names, {who: tuple(value(who, name) for name in names) for who in everyone})

    def only(self, names: Collection[str]) -> "Attributes":
        """Return the table with these columns alone, in the order it has them."""
        kept = tuple(name for name in self.names if name in names)
        return _table(
            kept, {who: tuple(self.value(who, name) for name in kept) for who in self.rows}
        )

    def called(self, pairs: Iterable[tuple[str, str]]) -> "Attributes":
        """Return the rows of (who, new name), under the new names; others are left out."""
        return Attributes(self.names, MappingProxyType({new: self.rows[who] for who, new in pairs}))


NOTHING_KNOWN = Attributes()


def _table(names: tuple[str, ...], rows: dict[str, tuple[str, ...]]) -> Attributes:
    """Return a table without the rows in which nothing is known."""
    return Attributes(
        names, MappingProxyType({who: values for who, values in rows.items() if any(values)})
    )
