"""A browser that a test looks at pages with: chromedriver, spoken to over HTTP."""
# SPDX-License-Identifier: GPL-2.0-or-later
import base64
import http.client
import json
import shutil
import socket
import subprocess
import time
import zlib

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"up": "\ue013", "down": "\ue015", "left": "\ue012", "right": "\ue014",
        "enter": "\ue007", "escape": "\ue00c"}


def missing():
    """The program that is not there, or None."""
    for name in ("chromedriver", "chromium"):
        if not shutil.which(name):
            return name
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Browser:
    def __init__(self, directory):
        self.port = free_port()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.session = None
        options = {
            "binary": shutil.which("chromium"),
            # Without a sandbox: it may run as root, on pages made here.
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu",
                     "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--window-size=1400,900", f"--user-data-dir={directory}"],
        }
        capabilities = {"browserName": "chrome", "goog:chromeOptions": options,
                        "goog:loggingPrefs": {"browser": "ALL"}}
        self.wait_for_driver()
        made = self.call("POST", "/session",
                         {"capabilities": {"alwaysMatch": capabilities}})
        self.session = made["sessionId"]

    def wait_for_driver(self):
        for _ in range(600):
            try:
                if self.call("GET", "/status")["ready"]:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("chromedriver does not answer")

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        if self.session:
            path = f"/session/{self.session}{path}"
        connection.request(method, path, None if body is None else json.dumps(body),
                           {"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
        connection.close()
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{path}: {value['message']}")
        return value

    def open(self, path):
        self.call("POST", "/url", {"url": "file://" + path})

    def run(self, script, *arguments):
        return self.call("POST", "/execute/sync",
                         {"script": script, "args": list(arguments)})

    def find(self, css):
        return self.call("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def click(self, css):
        self.call("POST", f"/element/{self.find(css)}/click", {})

    def type(self, css, text):
        self.call("POST", f"/element/{self.find(css)}/value", {"text": text})

    def press(self, *names):
        actions = []
        for name in names:
            actions += [{"type": "keyDown", "value": KEYS[name]},
                        {"type": "keyUp", "value": KEYS[name]}]
        self.call("POST", "/actions",
                  {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def text(self, css):
        return self.run("return document.querySelector(arguments[0]).innerText", css)

    def console(self):
        return self.call("POST", "/se/log", {"type": "browser"})

    def screenshot(self):
        return base64.b64decode(self.call("GET", "/screenshot"))

    def pdf(self):
        return base64.b64decode(self.call("POST", "/print", {}))

    def close(self):
        try:
            if self.session:
                self.call("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()


def ink(png):
    """How much of a picture is no continuation of what is beside or above it."""
    at, packed = 8, b""
    while at < len(png):
        size = int.from_bytes(png[at:at + 4], "big")
        if png[at + 4:at + 8] == b"IDAT":
            packed += png[at + 8:at + 8 + size]
        at += 12 + size
    octets = zlib.decompress(packed)
    return 1 - octets.count(0) / len(octets)
