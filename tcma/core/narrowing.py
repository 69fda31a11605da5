"""Conditions that are put on every query, known to the cache of compiled queries by a number.

A query is compiled once and found again by a key of all its parts. The conditions of tenancy are the same few in
each of them and are far longer than most queries, so that their part of the key is made once, and kept once.
"""

from typing import Any

from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.visitors import anon_map

_numbers: dict[Any, tuple[str, int]] = {}


class Narrowing(LoaderCriteriaOption):
    """What `with_loader_criteria` makes. Two of them have one number exactly when they differ in values only."""

    __slots__ = ("_key", "_places", "_values")

    _traverse_internals = LoaderCriteriaOption._traverse_internals  # noqa: SLF001 - each class says it for itself

    _key: tuple[str, int] | None
    _values: list[BindParameter[Any]]
    _places: dict[tuple[str, Any], list[LoaderCriteriaOption]] | None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._key = None
        self._places = None

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Put this condition on all its models in what a query knows while it is compiled, and keeps afterwards."""
        if self._places is None:
            self._places = {("additional_entity_criteria", mapper): [self] for mapper in self._all_mappers()}
        for place, alone in self._places.items():
            held = attributes.setdefault(place, alone)
            if self not in held:
                attributes[place] = [*held, self]

    def _gen_cache_key(
        self,
        anon_map: Any,  # noqa: ARG002 - SQLAlchemy's signature
        bindparams: list[BindParameter[Any]],
    ) -> tuple[Any, ...] | None:
        if self._key is None:
            self._take_number()
        bindparams.extend(self._values)
        return self._key

    def _take_number(self) -> None:
        values: list[BindParameter[Any]] = []
        whole = super()._gen_cache_key(anon_map(), values)
        if whole is None:
            message = "a condition of tenancy cannot be part of a cached query"
            raise TypeError(message)
        self._values = values
        self._key = _numbers.setdefault(whole, ("narrowing", len(_numbers)))
