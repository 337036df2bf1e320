"""Keys, tokens and who may come in: what is kept, what counts, and what an attacker finds."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from agent import Settings
from agent.access import AccessStore, ApiConfig, AuthConfig, Gate, OidcConfig, is_loopback
from agent.errors import SettingsError
from agent.store import SqlStore
from ui.serve import serve

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def started(client: httpx.AsyncClient, **body: Any) -> str:
    response = await client.post("/v1/sessions", json=body)
    assert response.status_code == 201, response.text
    return str(response.json()["session_id"])


def test_a_key_is_kept_as_a_hash_alone(echo: Any, access: AccessStore, tmp_path: Path) -> None:
    made = access.create_key("ada", ("chat",), label="phone", now=NOW)
    secret = made.secret.get_secret_value()
    assert secret.startswith(f"palate_{made.key.key_id}_") and len(secret) > 50
    assert secret not in repr(made) and secret not in made.model_dump_json()
    held = b"".join(path.read_bytes() for path in tmp_path.glob("palate.db*"))
    assert made.key.key_id.encode() in held
    assert secret.encode() not in held and secret.split("_", 2)[2].encode() not in held


def test_a_key_counts_until_it_expires_or_is_revoked(access: AccessStore) -> None:
    made = access.create_key("ada", ("chat",), expires=NOW + timedelta(days=1), now=NOW)
    secret = made.secret.get_secret_value()
    found = access.find(secret, NOW)
    assert found is not None and found.subject == "ada"
    assert access.find(secret, NOW + timedelta(days=2)) is None
    (kept,) = access.keys("ada")
    assert kept.last_used_on == "2026-01-01"
    access.revoke(made.key.key_id, NOW)
    assert access.find(secret, NOW) is None
    assert access.keys()[0].state(NOW.isoformat()) == "revoked"


@pytest.mark.parametrize("change", ["x", "-last", "swapped", "", "palate_", "palate_aaaaaaaa_" + "b" * 43])
def test_what_is_not_exactly_the_key_does_not_count(access: AccessStore, change: str) -> None:
    one = access.create_key("ada", ("chat",)).secret.get_secret_value()
    other = access.create_key("bob", ("chat",)).secret.get_secret_value()
    forged = {
        "x": one + "x",
        "-last": one[:-1],
        "swapped": "_".join((*one.split("_")[:2], other.split("_", 2)[2])),
    }.get(change, change)
    assert access.find(forged) is None


def test_a_rotated_key_runs_out_and_its_successor_goes_on(access: AccessStore) -> None:
    old = access.create_key("ada", ("chat", "read"), label="shop", now=NOW)
    new = access.rotate(old.key.key_id, overlap=timedelta(hours=2), now=NOW)
    assert (new.key.subject, new.key.scopes, new.key.label) == ("ada", ("chat", "read"), "shop")
    secrets = [made.secret.get_secret_value() for made in (old, new)]
    assert all(access.find(secret, NOW + timedelta(hours=1)) for secret in secrets)
    assert access.find(secrets[0], NOW + timedelta(hours=3)) is None
    assert access.find(secrets[1], NOW + timedelta(hours=3)) is not None
    with pytest.raises(SettingsError, match="rotated to"):
        access.rotate(old.key.key_id, overlap=timedelta(hours=2), now=NOW)


def test_a_rotation_never_lengthens_a_keys_life(access: AccessStore) -> None:
    old = access.create_key("ada", ("chat",), expires=NOW + timedelta(hours=1), now=NOW)
    access.rotate(old.key.key_id, overlap=timedelta(days=3), now=NOW)
    assert access.find(old.secret.get_secret_value(), NOW + timedelta(hours=2)) is None


def test_keys_that_make_no_sense_are_refused(access: AccessStore) -> None:
    for subject in ("", "a/b", "oidc:ada", "x" * 101):
        with pytest.raises(SettingsError, match="cannot own keys"):
            access.create_key(subject, ("chat",))
    with pytest.raises(SettingsError, match="could do nothing"):
        access.create_key("ada", ())
    with pytest.raises(SettingsError, match="past"):
        access.create_key("ada", ("chat",), expires=NOW, now=NOW + timedelta(seconds=1))
    with pytest.raises(SettingsError, match="no key 'gone'"):
        access.revoke("gone")


async def test_nobody_needs_a_key_until_there_is_one_on_this_machine_only(door: Any, access: AccessStore) -> None:
    client = await door()
    assert (await client.post("/v1/sessions", json={})).status_code == 201
    made = access.create_key("ada", ("chat",))
    assert (await client.post("/v1/sessions", json={})).status_code == 401
    access.revoke(made.key.key_id)
    # Revoking the last key must not open the door.
    assert (await client.post("/v1/sessions", json={})).status_code == 401


@pytest.mark.parametrize(
    ("auth", "host", "status"),
    [
        (AuthConfig(), "127.0.0.1", 201),
        (AuthConfig(), "0.0.0.0", 401),
        (AuthConfig(mode="required"), "127.0.0.1", 401),
        (AuthConfig(mode="off"), "0.0.0.0", 201),
    ],
)
async def test_where_a_key_is_needed(door: Any, auth: AuthConfig, host: str, status: int) -> None:
    client = await door(auth=auth, host=host)
    assert (await client.post("/v1/sessions", json={})).status_code == status


def test_an_open_address_without_keys_is_refused_with_what_to_do(access: AccessStore) -> None:
    gate = Gate(AuthConfig(), access, host="0.0.0.0")
    with pytest.raises(SettingsError, match="palate keys create"):
        gate.check_address("0.0.0.0", page=False, visitors_named=False)
    access.create_key("ada", ("chat",))
    gate.check_address("0.0.0.0", page=False, visitors_named=False)
    gate.check_address("0.0.0.0", page=True, visitors_named=True)
    with pytest.raises(SettingsError, match="--no-page"):
        gate.check_address("0.0.0.0", page=True, visitors_named=False)
    Gate(AuthConfig(page="open"), access).check_address("0.0.0.0", page=True, visitors_named=False)
    Gate(AuthConfig(mode="off"), access).check_address("0.0.0.0", page=True, visitors_named=False)


def test_loopback_is_told_from_other_addresses() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.2", "localhost.example", "example.org")))


async def test_without_a_key_each_route_says_so_alike(door: Any) -> None:
    client = await door(auth=AuthConfig(mode="required"))
    calls = [
        ("POST", "/v1/sessions", {}),
        ("GET", "/v1/sessions/x", None),
        ("POST", "/v1/sessions/x/messages", {"text": "hi"}),
        ("PATCH", "/v1/sessions/x/preferences", {"undo": 1}),
        ("POST", "/v1/sessions/x/feedback", {"item_id": "b", "kind": "like"}),
        ("GET", "/v1/items", None),
        ("GET", "/v1/items/b", None),
        ("POST", "/v1/recommend", {}),
        ("GET", "/v1/users/ada/export", None),
        ("DELETE", "/v1/users/ada", None),
        ("GET", "/v1/users/ada/memory", None),
        ("GET", "/metrics", None),
    ]
    for method, path, body in calls:
        response = await client.request(method, path, json=body)
        assert response.status_code == 401, (method, path)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert "palate keys create" in response.json()["hint"]
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/v1/items/b/cover")).status_code == 200


async def test_every_route_of_the_description_needs_a_key_or_is_known_to_be_open(door: Any) -> None:
    """A route that is added without asking who calls fails here."""
    client = await door()
    description = (await client.get("/openapi.json")).json()
    open_routes = {
        path
        for path, methods in description["paths"].items()
        for operation in methods.values()
        if not operation.get("security")
    }
    assert open_routes == {"/healthz", "/readyz", "/v1/items/{item_id}/cover"}


async def test_a_key_without_the_scope_is_told_which(door: Any) -> None:
    reader, talker = await door("r", ("read",)), await door("t", ("chat",))
    refused = await reader.post("/v1/sessions", json={})
    assert refused.status_code == 403 and "'chat'" in refused.json()["detail"]
    assert 'scope="chat"' in refused.headers["www-authenticate"]
    assert (await talker.get("/v1/items")).status_code == 403
    assert (await talker.get("/metrics")).status_code == 403
    assert (await (await door("root", ("admin",))).get("/metrics")).status_code == 200


async def test_a_guessed_session_is_not_there_whoever_guesses(door: Any) -> None:
    """404 in the very words of a session that never was: nothing tells that it exists."""
    ada, eve = await door("ada"), await door("eve")
    session = await started(ada)
    said = await ada.post(f"/v1/sessions/{session}/messages", json={"text": "CANARY"})
    assert said.status_code == 200
    for method, rest, body in (
        ("GET", "", None),
        ("POST", "/messages", {"text": "what did I say?"}),
        ("POST", "/messages", {"text": "what did I say?", "stream": True}),
        ("PATCH", "/preferences", {"add": [{"attribute": "genres", "value": "Crime"}]}),
        ("POST", "/feedback", {"item_id": "b", "kind": "like"}),
    ):
        theirs = await eve.request(method, f"/v1/sessions/{session}{rest}", json=body)
        nothing = await eve.request(method, f"/v1/sessions/{session[::-1]}{rest}", json=body)
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.json()["detail"].replace(session, "X") == nothing.json()["detail"].replace(session[::-1], "X")
        assert "CANARY" not in theirs.text
    detail = (await ada.get(f"/v1/sessions/{session}")).json()
    assert [turn["user"] for turn in detail["turns"]] == ["CANARY"] and detail["preferences"] == []
    assert detail["user_id"] == "ada"


async def test_a_session_of_nobody_is_closed_to_keys_and_one_of_a_key_to_nobody(door: Any, access: AccessStore) -> None:
    open_door = await door(auth=AuthConfig(mode="off"))
    anonymous = await started(open_door)
    ada = await door("ada")
    session = await started(ada)
    assert (await ada.get(f"/v1/sessions/{anonymous}")).status_code == 404
    assert (await open_door.get(f"/v1/sessions/{session}")).status_code == 404
    assert (await (await door("root", ("admin",))).get(f"/v1/sessions/{session}")).status_code == 200


async def test_users_are_reached_by_their_own_keys_alone(door: Any) -> None:
    ada, eve = await door("ada"), await door("eve")
    session = await started(ada)
    for method, path in (("GET", "/v1/users/ada/export"), ("DELETE", "/v1/users/ada"), ("GET", "/v1/users/ada/memory")):
        assert (await eve.request(method, path)).status_code == 404
    assert (await eve.post("/v1/sessions", json={"user_id": "ada"})).status_code == 403
    export = (await ada.get("/v1/users/ada/export")).json()
    assert [one["session_id"] for one in export["sessions"]] == [session]
    gone = (await ada.delete("/v1/users/ada")).json()
    assert gone == {"user_id": "ada", "sessions_erased": 1, "uploads_erased": 0}
    # Whoever is erased leaves no key behind.
    assert (await ada.get("/v1/items")).status_code == 401


async def test_two_sites_may_have_users_of_one_name(door: Any) -> None:
    shop, club = await door("shop", ("chat", "users")), await door("club", ("chat", "users"))
    one, other = await started(shop, user_id="ada"), await started(club, user_id="ada")
    assert (await shop.get(f"/v1/sessions/{one}")).json()["user_id"] == "ada"
    assert (await shop.get(f"/v1/sessions/{other}")).status_code == 404
    export = (await shop.get("/v1/users/ada/export")).json()
    assert export["user_id"] == "ada"
    assert [(s["session_id"], s["user_id"]) for s in export["sessions"]] == [(one, "ada")]
    assert (await shop.delete("/v1/users/ada")).json()["sessions_erased"] == 1
    assert (await club.get(f"/v1/sessions/{other}")).status_code == 200
    assert (await shop.get("/v1/users/club%2Fada/export")).json().get("sessions", []) == []


async def test_a_revoked_key_ends_with_the_next_request_and_a_replay_of_it_finds_nothing(
    door: Any, access: AccessStore
) -> None:
    made = access.create_key("ada", ("chat", "read"))
    ada = await door(secret=made.secret.get_secret_value())
    session = await started(ada)
    access.revoke(made.key.key_id)
    replay = await ada.get(f"/v1/sessions/{session}")
    assert replay.status_code == 401 and 'error="invalid_token"' in replay.headers["www-authenticate"]
    # A new key of the same owner finds everything again.
    assert (await (await door("ada")).get(f"/v1/sessions/{session}")).status_code == 200


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer  ", "palate_x", "bearer nonsense", "Bearer é"])
async def test_strange_credentials_are_refused_and_break_nothing(door: Any, header: str) -> None:
    client = await door(auth=AuthConfig(mode="required"))
    response = await client.get("/v1/items", headers={"Authorization": header.encode("latin-1")})
    assert response.status_code == 401 and response.headers["content-type"] == "application/problem+json"


async def test_no_secret_reaches_the_log_or_an_answer(
    door: Any, echo: Any, access: AccessStore, caplog: pytest.LogCaptureFixture
) -> None:
    secret = access.create_key("ada", ("chat", "read")).secret.get_secret_value()
    client = await door(secret=secret)
    with caplog.at_level(logging.DEBUG):
        session = await started(client)
        echo.failure = ZeroDivisionError("defect")
        broken = await client.post(f"/v1/sessions/{session}/messages", json={"text": "x"})
        wrong = await client.post(f"/v1/sessions/{session}/messages", json={"text": 1, "key": secret})
        other = await door(secret=secret[:-1] + ("a" if secret[-1] != "a" else "b"))
        refused = await other.get("/v1/items")
    assert (broken.status_code, wrong.status_code, refused.status_code) == (500, 422, 401)
    tail = secret.split("_", 2)[2][:20]
    assert tail not in caplog.text
    assert all(tail not in response.text for response in (broken, wrong, refused))


async def test_readiness_hides_its_reasons_from_strangers(door: Any) -> None:
    client = await door(auth=AuthConfig(mode="required"))
    shown = await client.get("/readyz")
    assert shown.json()["parts"]["model"] == "not ready" and "/secret" not in shown.text
    root = await door("root", ("admin",), auth=AuthConfig(mode="required"))
    assert "/secret" in (await root.get("/readyz")).text


async def test_only_our_own_host_names_are_served(door: Any) -> None:
    """A page elsewhere whose name is made to point at this machine is refused."""
    client = await door(hosts=("localhost", "127.0.0.1", "[::1]"))
    for host, status in (
        ("localhost:7860", 200),
        ("127.0.0.1", 200),
        ("[::1]:1", 200),
        ("evil.example", 421),
    ):
        response = await client.get("/healthz", headers={"host": host})
        assert response.status_code == status, host
    refused = await client.get("/healthz", headers={"host": "evil.example"})
    assert refused.headers["content-type"] == "application/problem+json" and "allowed_hosts" in refused.json()["hint"]


async def test_sites_that_are_named_may_call_and_no_others(door: Any) -> None:
    client = await door(config=ApiConfig(cors_origins=("https://shop.example",)))
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    good = await client.options("/v1/sessions", headers={"origin": "https://shop.example", **asked})
    assert good.headers["access-control-allow-origin"] == "https://shop.example"
    bad = await client.options("/v1/sessions", headers={"origin": "https://evil.example", **asked})
    assert "access-control-allow-origin" not in bad.headers
    closed = await (await door()).options("/v1/sessions", headers={"origin": "https://shop.example", **asked})
    assert "access-control-allow-origin" not in closed.headers


async def test_answers_tell_browsers_what_to_forbid(door: Any) -> None:
    client = await door()
    headers = (await client.get("/v1/items")).headers
    assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in headers
    cover = (await client.get("/v1/items/b/cover")).headers
    assert "sandbox" in cover["content-security-policy"] and "public" in cover["cache-control"]


# --- tokens of an identity provider


@pytest.fixture
def provider(tmp_path: Path) -> tuple[OidcConfig, Callable[..., str]]:
    """An identity provider with one key: its settings, and how it signs."""
    jwt = pytest.importorskip("jwt", reason="needs the extra oidc")
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private.public_key())) | {"kid": "k1", "alg": "ES256"}
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [public]}), encoding="utf-8")
    config = OidcConfig(issuer="https://id.example", audience="palate", jwks_file=tmp_path / "jwks.json")

    def sign(key: Any = private, algorithm: str = "ES256", kid: str = "k1", **changed: Any) -> str:
        claims = {"iss": "https://id.example", "aud": "palate", "sub": "u|1", "exp": time.time() + 60} | changed
        present = {name: value for name, value in claims.items() if value is not None}
        return str(jwt.encode(present, key, algorithm, headers={"kid": kid}))

    return config, sign


async def test_a_token_of_the_provider_is_somebody(door: Any, provider: Any) -> None:
    config, sign = provider
    auth = AuthConfig(oidc=config)
    one, other = await door(secret=sign(), auth=auth), await door(secret=sign(sub="u|2"), auth=auth)
    session = await started(one)
    assert (await one.get(f"/v1/sessions/{session}")).json()["user_id"] == "oidc:u|1"
    assert (await other.get(f"/v1/sessions/{session}")).status_code == 404
    assert (await one.get("/metrics")).status_code == 403
    # Where a provider is named, nobody comes in unasked.
    assert (await (await door(auth=auth)).post("/v1/sessions", json={})).status_code == 401


async def test_forged_and_foreign_tokens_do_not_count(door: Any, provider: Any, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    config, sign = provider
    stranger = ec.generate_private_key(ec.SECP256R1())
    public_text = (tmp_path / "jwks.json").read_bytes()
    good = sign()
    head, body, signature = good.split(".")
    forged = {
        "another audience": sign(aud="shop"),
        "another issuer": sign(iss="https://evil.example"),
        "expired": sign(exp=time.time() - 120),
        "no expiry": sign(exp=None),
        "no subject": sign(sub=None),
        "not yet": sign(nbf=time.time() + 600),
        "another's signature": sign(key=stranger),
        "unknown key": sign(kid="k9"),
        "public key as shared secret": _signed_with(public_text, good),
        "no signature": f"{head}.{body}.",
        "swapped body": f"{head}.{sign(sub='root').split('.')[1]}.{signature}",
        "nonsense": "a.b.c",
    }
    for name, token in forged.items():
        client = await door(secret=token, auth=AuthConfig(oidc=config))
        assert (await client.get("/v1/items")).status_code == 401, name


def _signed_with(secret: bytes, token: str) -> str:
    """Return the token's claims, signed with a shared secret in place of the provider's key."""

    def encoded(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    head = encoded(b'{"alg":"HS256","typ":"JWT","kid":"k1"}')
    signed = f"{head}.{token.split('.')[1]}"
    return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"


async def test_keys_are_fetched_from_the_providers_address(door: Any, provider: Any, tmp_path: Path) -> None:
    config, sign = provider
    handler = partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/jwks.json"
        auth = AuthConfig(oidc=config.model_copy(update={"jwks_file": None, "jwks_url": address}))
        good, unknown = await door(secret=sign(), auth=auth), await door(secret=sign(kid="k9"), auth=auth)
        assert (await good.get("/v1/items")).status_code == 200
        assert (await unknown.get("/v1/items")).status_code == 401
        server.shutdown()
    gone = await door(secret=sign(), auth=auth.model_copy(update={"page": "open"}))
    assert (await gone.get("/v1/items")).status_code == 401


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def test_serving_where_nothing_guards_is_refused_before_a_port_is_opened(echo: Any) -> None:
    echo.settings = Settings.load(server={"host": "0.0.0.0", "port": 0})
    with pytest.raises(SettingsError, match="palate keys create"):
        serve(echo, page=False, on_ready=lambda _address: None)


async def test_a_claim_may_decide_the_scopes(door: Any, provider: Any) -> None:
    config, sign = provider
    auth = AuthConfig(oidc=config.model_copy(update={"scopes_claim": "scope"}))
    root = await door(secret=sign(scope="openid palate:admin"), auth=auth)
    assert (await root.get("/metrics")).status_code == 200
    nobody = await door(secret=sign(scope="openid admin"), auth=auth)
    assert (await nobody.get("/v1/items")).status_code == 403


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"issuer": "https://id.example"}, "audience"),
        ({"issuer": "https://id.example", "audience": "p"}, "either"),
        ({"issuer": "https://id.example", "audience": "p", "jwks_url": "http://id.example/keys"}, "https"),
        ({"issuer": "https://id.example", "audience": "p", "jwks_url": "file:///etc/passwd"}, "https"),
    ],
)
def test_half_an_identity_provider_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        OidcConfig(**given)


def test_keys_of_a_provider_that_cannot_be_read_are_told(access: AccessStore, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
    config = OidcConfig(issuer="https://id.example", audience="p", jwks_file=tmp_path / "bad.json")
    with pytest.raises(SettingsError, match="jwks_file"):
        Gate(AuthConfig(oidc=config), access)


async def test_erasing_a_session_erases_its_owner_and_claims(echo: Any, access: AccessStore) -> None:
    await echo.store.create_session("s", "ada")
    access.own("s", "ada")
    access.own("s", "eve")
    assert access.owner("s") == "ada"
    hour = timedelta(hours=1)
    assert access.claim("s", "k", "body", "t", lease=hour, keep=hour).state == "new"
    await echo.store.erase_user("ada")
    assert access.owner("s") is None
    await echo.store.create_session("s", "bob")
    assert access.claim("s", "k", "body", "t2", lease=hour, keep=hour).state == "new"


async def test_a_broken_store_is_no_open_door(door: Any, echo: Any) -> None:
    """When keys cannot be looked up, nobody comes in."""
    client = await door("ada", auth=AuthConfig(mode="required"))
    with echo.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE api_keys")
    response = await client.get("/v1/items")
    assert response.status_code == 503 and "api_keys" not in response.text


def test_a_store_in_memory_takes_keys_too() -> None:
    access = AccessStore(SqlStore("sqlite://"))
    secret = access.create_key("ada", ("chat",)).secret.get_secret_value()
    found = access.find(secret)
    assert found is not None and found.subject == "ada"
