"""Every provider call, whoever made it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aiprefill import story
from aiprefill.admin.filters import ErrorClassFilter
from aiprefill.models import ModelOutput
from aiprefill.templatetags.suggestions import dollars
from aiprefill.version_filter import VersionFilter
from listings.admin import ReadOnly


@admin.register(ModelOutput)
class ModelOutputAdmin(ReadOnly[ModelOutput]):
    """The ledger, newest first."""

    list_display = ["id", "status_word", "purpose", "version", "tokens", "cost", "latency", "started_at"]
    list_display_links = ["id", "status_word"]
    list_filter = ["status", "purpose", ErrorClassFilter, ("version", VersionFilter), "started_at"]
    search_fields = ["id__exact", "job__id", "request_id", "error_class"]
    search_help_text = _("Number, job id, the provider's request id or error class")
    list_select_related = ["version"]
    change_form_template = "admin/aiprefill/modeloutput/story.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelOutput]:
        outputs = super().get_queryset(request)
        is_list = (
            request.resolver_match and request.resolver_match.url_name == "aiprefill_modeloutput_changelist"
        )
        return outputs.defer("request", "raw", "parsed") if is_list else outputs

    @admin.display(description=_("status"), ordering="status")
    def status_word(self, output: ModelOutput) -> SafeString:
        words = [output.get_status_display(), output.error_class.replace("_", " ")]
        text = " · ".join(filter(None, words))
        return format_html('<span class="word word-{}">{}</span>', output.status, text)

    @admin.display(description=_("tokens in / out"))
    def tokens(self, output: ModelOutput) -> str:
        if output.input_tokens is None:
            return "–"
        return f"{output.input_tokens:,} / {output.output_tokens or 0:,}"

    @admin.display(description=_("cost"), ordering="cost_micros")
    def cost(self, output: ModelOutput) -> str:
        return dollars(output.cost_micros)

    @admin.display(description=_("latency"), ordering="latency_ms")
    def latency(self, output: ModelOutput) -> str:
        return "–" if output.latency_ms is None else f"{output.latency_ms:,} ms"

    def story(self, request: HttpRequest, row: ModelOutput) -> dict[str, Any]:
        return {"call": story.laid_out(row), "title": _("Model output #%s") % row.pk}
