"""What pages in a browser can do to the Prefect server that we start, and who may speak to it."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection
from urllib.parse import urlsplit

import httpx
import pytest
from prefect import flow
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--host-resolver-rules=MAP *.example.org 127.0.0.1",
]

SOCKETS = [
    "events/in",
    "events/out",
    "logs/out",
    "task_runs/subscriptions/scheduled",
    "work_pools/some/workers/connect",
]

ATTACK = """
async ({api, deployment}) => {
  const said = [];
  const note = (what, result) => said.push([what, String(result)]);
  const send = async (what, path, body, more) => {
    try {
      const answer = await fetch(api + path, {method: "POST", body: body, ...more});
      note(what, answer.type + " " + answer.status);
    } catch (error) { note(what, error); }
  };
  const flow = name => JSON.stringify({name: name});
  const run = "/deployments/" + deployment + "/create_flow_run";
  await send("blob", "/flows/", new Blob([flow("evil blob")]), {mode: "no-cors"});
  await send("text", "/flows/", flow("evil text"), {mode: "no-cors"});
  await send("form", "/flows/", new URLSearchParams({name: "evil form"}), {mode: "no-cors"});
  await send("json", "/flows/", flow("evil json"), {headers: {"Content-Type": "application/json"}});
  await send("run", run, new Blob(["{}"]), {mode: "no-cors"});
  navigator.sendBeacon(api + "/flows/", new Blob([flow("evil beacon")]));
  for (const protocols of [[], ["prefect"]]) for (const path of SOCKETS) {
    const heard = await new Promise(resolve => {
      const socket = new WebSocket(api.replace("http", "ws") + "/" + path, protocols);
      socket.onopen = () => {
        if (protocols.length) socket.send(JSON.stringify({type: "auth", token: null}));
        socket.send(JSON.stringify({type: "filter", filter: {occurred: {}}}));
      };
      socket.onmessage = message => resolve("heard " + message.data);
      socket.onclose = () => resolve("closed");
      setTimeout(() => resolve("open, and silent"), 3000);
    });
    note("socket " + path, heard);
  }
  return said;
}
""".replace("SOCKETS", json.dumps(SOCKETS))


@flow
def harmless():
    """Is never run."""


@pytest.fixture
def secret(prefect_access):
    return prefect_access.secret


@pytest.fixture(scope="module")
def deployment(own_client):
    """The id of a deployment that a stranger would like to start."""
    return own_client.create_deployment(own_client.create_flow(harmless), "coveted")


def traces(client):
    """What strangers have left: the names of flows, and how many runs there are of the deployment."""
    names = {one["name"] for one in client.request("POST", "/flows/filter", json={}).json()}
    runs = client.request(
        "POST", "/flow_runs/filter", json={"flows": {"name": {"any_": ["harmless"]}}}
    ).json()
    return {name for name in names if name.startswith("evil")}, len(runs)


@contextlib.contextmanager
def page():
    """Serves an empty page, and yields its port."""

    class Empty(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>here</title>")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.example.org"])
def test_a_page_of_another_origin_does_nothing(host, browser, prefect_server, own_client, deployment):
    with page() as port:
        tab = browser.new_page()
        tab.goto(f"http://{host}:{port}/")
        said = tab.evaluate(ATTACK, {"api": prefect_server, "deployment": str(deployment)})
        tab.close()
    assert traces(own_client) == (set(), 0), said
    assert not any("heard" in result for _, result in said), said


def test_a_page_that_has_its_name_resolved_to_loopback_does_nothing(
    browser, prefect_server, own_client, deployment
):
    port = urlsplit(prefect_server).port
    tab = browser.new_page()
    answer = tab.goto(f"http://evil.example.org:{port}/")
    assert answer.status == 400
    said = tab.evaluate(ATTACK, {"api": f"http://evil.example.org:{port}/api", "deployment": str(deployment)})
    tab.close()
    assert traces(own_client) == (set(), 0), said
    assert not any("heard" in result for _, result in said), said


def test_a_page_may_not_show_the_interface_in_a_frame(prefect_access):
    page = httpx.get(prefect_access.interface, follow_redirects=True)
    assert page.headers["content-security-policy"] == "frame-ancestors 'none'"


@pytest.mark.parametrize("path", ["/flows/filter", "/admin/settings", "/flow_runs/count"])
def test_nothing_is_told_without_the_secret(prefect_server, path):
    for given in ({}, {"Authorization": "Basic b3RoZXI="}, {"Authorization": "Bearer x"}):
        assert httpx.post(prefect_server + path, json={}, headers=given).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Host": "localhost:PORT"}, 201),
        ({"Origin": "http://127.0.0.1:PORT"}, 201),
        ({"Host": "localhost:8080", "Origin": "http://localhost:8080"}, 201),  # through a tunnel
        ({"Content-Type": "application/json; charset=utf-8"}, 201),
        ({"Host": "evil.example.org:PORT"}, 400),
        ({"Host": "evil.example.org:PORT", "Origin": "http://evil.example.org:PORT"}, 400),
        ({"Host": ""}, 400),
        ({"Origin": "http://evil.example.org"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "http://localhost:PORT"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content-Type": None}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "text/plain; x=application/json"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
    ids=str,
)
def test_requests_of_strangers_are_refused_even_with_the_secret(
    prefect_server, secret, own_client, headers, status
):
    port = str(urlsplit(prefect_server).port)
    sent = {"Content-Type": "application/json", **headers}
    sent = {name: value.replace("PORT", port) for name, value in sent.items() if value is not None}
    body = json.dumps({"name": "evil but allowed" if status == 201 else "evil"}).encode()
    user, _, password = secret.partition(":")
    for chunked in (False, True):
        answer = httpx.post(
            f"{prefect_server}/flows/",
            content=iter([body]) if chunked else body,
            headers=sent,
            auth=(user, password),
        )
        assert answer.status_code in (status, 200 if status == 201 else status)
    if status == 201:
        own_client.delete_flow(answer.json()["id"])
    assert traces(own_client)[0] == set()


@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize(
    "case", ["no secret", "a wrong one", "another origin", "another host", "no protocol"]
)
def test_sockets_are_closed_to_strangers(prefect_server, secret, path, case):
    place = urlsplit(prefect_server)
    host = "evil.example.org" if case == "another host" else "127.0.0.1"
    token = {"no secret": None, "a wrong one": "wellposed:x"}.get(case, secret)
    answers = []
    with (
        contextlib.suppress(WebSocketException, ConnectionError),
        connect(
            f"ws://{host}:{place.port}/api/{path}",
            subprotocols=None if case == "no protocol" else ["prefect"],
            origin="http://evil.example.org" if case == "another origin" else None,
            sock=create_connection(("127.0.0.1", place.port)),
            proxy=None,
        ) as socket,
    ):
        socket.send(json.dumps({"type": "auth", "token": token}))
        answers.append(socket.recv(timeout=5))
    assert not answers


def test_sockets_are_open_to_their_owner(prefect_server, secret):
    with connect(
        f"{prefect_server.replace('http', 'ws')}/events/out", subprotocols=["prefect"], proxy=None
    ) as socket:
        socket.send(json.dumps({"type": "auth", "token": secret}))
        assert json.loads(socket.recv(timeout=5)) == {"type": "auth_success"}


def test_the_interface_is_opened_with_one_paste(browser, prefect_access, secret, deployment):
    tab = browser.new_page()
    tab.goto(prefect_access.interface)
    field = tab.locator("input[type=password]")
    field.fill(secret)
    field.press("Enter")
    tab.wait_for_url("**/dashboard**")
    tab.goto(f"{prefect_access.interface}/deployments")  # without being asked again
    tab.get_by_text("coveted").first.wait_for()
    tab.close()
