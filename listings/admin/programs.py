"""Programs that write for an account: their keys, and how much they write. Not for annotators."""

from django.contrib import admin
from django.http import HttpRequest

from listings.admin.read_only import ReadOnly
from listings.models import ApiToken, ApiWrites


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly[ApiToken]):
    """Keys of programs, to be revoked."""

    list_display = ["__str__", "seller", "name", "created_at", "last_used_at"]
    list_filter = ["created_at", "last_used_at"]
    list_select_related = ["seller"]
    search_fields = ["seller__email", "last_four"]
    readonly_fields = ["last_four", "created_at", "last_used_at"]

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return request.user.has_perm("listings.delete_apitoken")


@admin.register(ApiWrites)
class ApiWritesAdmin(ReadOnly[ApiWrites]):
    """How often each account wrote in its last hour with a write; kept by the limit."""

    list_display = ["seller", "hour", "writes"]
    list_filter = ["hour"]
    list_select_related = ["seller"]
    search_fields = ["seller__email"]
    ordering = ["-hour"]
