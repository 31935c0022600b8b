"""The shelves of the shop, and how full each is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """A shelf of the shop."""

    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class CategoryCount(models.Model):
    """How many listings of a category are on show; kept by `actions`, so that browsing counts nothing."""

    category = models.OneToOneField(Category, models.CASCADE, related_name="count", primary_key=True)
    on_show = models.IntegerField(_("on show"), default=0)

    class Meta:
        verbose_name = _("category count")
        verbose_name_plural = _("category counts")
        constraints = [
            models.CheckConstraint(condition=Q(on_show__gte=0), name="category_count_is_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.on_show}"
