"""The words of the shop, for those who mistype them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

MAX_WORD = 30


class Word(models.Model):
    """A word of a title that is on show, in small letters; kept by `actions`.

    `stumps`: what is left of it without some of its letters, by which it is found when mistyped.
    """

    text = models.CharField(max_length=MAX_WORD, primary_key=True)
    stumps = ArrayField(models.CharField(max_length=MAX_WORD))

    class Meta:
        indexes = [GinIndex(fields=["stumps"], name="word_stumps")]

    def __str__(self) -> str:
        return self.text
