"""Finding what is for sale: by words, shelf, price, condition and town.

`Search.parse` reads an address, `results` gives one page of what it asks for, `facets` how much there is, and
`answer` how much of what was meant.
"""

from listings.search.answer import Answer, answer, loosened
from listings.search.facets import Counts, Facets, facets
from listings.search.matching import matches
from listings.search.query import Search, Sort
from listings.search.results import results

__all__ = [
    "Answer",
    "Counts",
    "Facets",
    "Search",
    "Sort",
    "answer",
    "facets",
    "loosened",
    "matches",
    "results",
]
