"""Finding what is for sale: by words, shelf, price, condition and town.

`Search.parse` reads an address, `results` gives one page of what it asks for, `facets` how much there is.
"""

from listings.search.facets import Facets, facets
from listings.search.matching import matches
from listings.search.query import Search, Sort
from listings.search.results import results

__all__ = ["Facets", "Search", "Sort", "facets", "matches", "results"]
