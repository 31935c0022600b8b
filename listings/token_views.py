"""The page of an account's tokens for programs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from listings import tokens
from listings.account_forms import TokenForm
from listings.my_views import seller_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def api_tokens(request: HttpRequest) -> HttpResponse:
    """The account's tokens. A new one is shown in the answer to its form, and never again."""
    seller = seller_of(request)
    form = TokenForm(request.POST or None)
    token = ""
    if request.method == "POST" and form.is_valid():
        try:
            token = tokens.issue(seller, form.cleaned_data["name"])
        except tokens.TooManyTokens as error:
            form.add_error(None, str(error))
        else:
            form = TokenForm()
    context = {"form": form, "token": token, "tokens": seller.api_tokens.all()}
    return render(request, "listings/api_tokens.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def revoke(request: HttpRequest, token: int) -> HttpResponse:
    """Forget a token: whatever uses it is refused from now on."""
    revoked = seller_of(request).api_tokens.filter(pk=token).first()
    if revoked is None:
        raise Http404
    revoked.delete()
    messages.success(request, _("Revoked."))
    return redirect("listings:api_tokens")
