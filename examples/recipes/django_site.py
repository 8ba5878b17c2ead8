"""A Django site in one file that hears players in its pages.

`python -m recipes.django_site migrate`, then `python -m recipes.django_site runserver`.
"""

import json
import os
import secrets
import sys

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from video_tracker import ConsoleTransport, Content, HttpTransport, SessionPlan, Tracker
from video_tracker.errors import UnknownPlayerError
from video_tracker.ingest import decode_beacons
from video_tracker.tracker import TrackedIntake

if not settings.configured:  # a site of several files has all of this in its settings.py
    settings.configure(
        SECRET_KEY=os.environ.get("SECRET_KEY") or secrets.token_urlsafe(48),
        ALLOWED_HOSTS=["localhost", "127.0.0.1", "testserver"],
        ROOT_URLCONF=__name__,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.environ.get("DATABASE", "site.sqlite3"),
            }
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATA_UPLOAD_MAX_MEMORY_SIZE=64 * 1024,  # bytes of a body that are read
    )
    django.setup()

KEY = os.environ.get("CUSTOMERIO_KEY")

# A module is imported once in a process. The tracker starts no thread before its first event; in a
# worker that the server forks after this line it begins anew, with a spool of its own.
TRACKER = Tracker(
    HttpTransport(KEY, strict=True) if KEY else ConsoleTransport(),
    spool_dir=os.environ.get("SPOOL_DIR"),
)


@csrf_exempt  # sendBeacon sets no headers; the session's cookie is SameSite=Lax, so others' pages
@require_POST  # cannot speak for who is logged in here
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a viewing: the page says which video, in which player."""
    try:
        wanted = json.loads(request.body)
        video, player = str(wanted["video"]), str(wanted.get("player", "html5"))
    except (ValueError, KeyError, AttributeError, TypeError):
        return JsonResponse({"error": "say {'video': ...}"}, status=400)
    user_id = str(request.user.pk) if request.user.is_authenticated else None
    if request.session.session_key is None:
        request.session.create()
    visitor = None if user_id else request.session.session_key
    # An id is new at each start: one of a process that is no more must not begin again (S50).
    session_id = secrets.token_urlsafe(18)
    plan = SessionPlan(user_id=user_id, anonymous_id=visitor, contents=[Content(asset_id=video)])
    try:
        TRACKER.open(session_id, plan, player=player, beacons=True)
    except UnknownPlayerError as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse({"session": session_id}, status=201)


@csrf_exempt
@require_POST
def hear(request: HttpRequest, session_id: str) -> HttpResponse:
    """Take what a page's player said."""
    viewing = TRACKER.find(session_id)
    if not isinstance(viewing, TrackedIntake):
        return JsonResponse({"error": "this session is over: begin a new one"}, status=410)
    said = decode_beacons(request.body, session_id=session_id)
    if said.rejected and not said.beacons:
        wrong = [f"{each.path}: {each.message}" for each in said.rejected]
        return JsonResponse({"error": wrong}, status=400)
    viewing.push(said)
    return HttpResponse(status=204)


def health(_request: HttpRequest) -> HttpResponse:
    """The figures of delivery."""
    return JsonResponse(TRACKER.stats().to_dict())


urlpatterns = [
    path("sessions", begin),
    path("sessions/<str:session_id>/beacons", hear),
    path("healthz", health),
]

application = get_wsgi_application()

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
