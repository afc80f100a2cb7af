#!/usr/bin/env python3
"""A loader: signs its user in at a licence server, then fetches the file it is for.

Python 3.8 or newer, nothing to install. `--help` tells the options and what the exit status means.
"""
import argparse
import getpass
import hashlib
import http.client
import json
import os
import platform
import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.request

# Written by the server that built this loader: what it is for, and its signature over that text (docs/loaders.md).
CONFIG = r'''@LATCHKEY_CONFIG@'''
SIGNATURE = "@LATCHKEY_SIGNATURE@"

DONE, MACHINE, USAGE, UNREACHABLE, REFUSED, DAMAGED_FILE, NO_CONFIG = range(7)
EXITS = (
    "Exit status: 0 done, 1 fault of this machine, 2 unknown option, 3 server unreachable, "
    "4 refused by the server, 5 file damaged on the way, 6 loader without a good configuration."
)
NO_ID = "This machine does not tell what its id is made of, such as the serial number of its disk"
PATIENCE_SECONDS = 15


class Stop(Exception):
    """Ends the program with a status and a sentence."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the credentials to somebody else."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirects)


def visible(text):
    """What a server sends must not steer a terminal."""
    return "".join(" " if ord(c) < 32 or 127 <= ord(c) < 160 else c for c in str(text))


def open_url(url, body=None):
    headers = {"User-Agent": "Latchkey-Loader/1"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        return OPENER.open(request, timeout=PATIENCE_SECONDS)
    except urllib.error.HTTPError as answer:
        return answer
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise Stop(UNREACHABLE, f"The server cannot be reached: {reason}")


def understand(answer):
    """The server's message and data; its refusal ends the program."""
    try:
        envelope = json.loads(answer.read(1 << 20))
        message = envelope.get("message", "")
    except (ValueError, AttributeError, OSError, http.client.HTTPException):
        envelope, message = {}, ""
    if answer.status == 200 and envelope.get("success") is True:
        return message, envelope.get("data") or {}
    if message:
        raise Stop(REFUSED if answer.status < 500 else UNREACHABLE, message)
    sentence = f"The server's answer makes no sense (HTTP {answer.status}); check its address"
    raise Stop(UNREACHABLE, sentence)


def call(config, kind, **fields):
    body = {"type": kind, "appId": config["appId"], "apiKey": config["apiKey"], **fields}
    with open_url(config["apiUrl"] + "/v1", json.dumps(body).encode()) as answer:
        return understand(answer)


def hardware_text():
    """Windows: serial number of the system's disk and computer name. macOS: hardware UUID. Linux: machine-id."""
    if os.name == "nt":
        import ctypes

        serial = ctypes.c_uint32()
        root = os.environ.get("SystemDrive", "C:") + "\\"
        told = ctypes.windll.kernel32.GetVolumeInformationW(
            root, None, 0, ctypes.byref(serial), None, None, None, 0
        )
        name = os.environ.get("COMPUTERNAME")
        if not (told and name):
            raise Stop(MACHINE, NO_ID)
        return f"{serial.value:08X}" + name
    if sys.platform == "darwin":
        listing = subprocess.run(
            ["ioreg", "-rd1", "-c", "IOPlatformExpertDevice"], capture_output=True, text=True
        ).stdout
        found = re.search(r'"IOPlatformUUID" = "([^"]+)"', listing)
        return found.group(1) if found else platform.node()
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            with open(path) as file:
                line = file.readline().strip()
        except OSError:
            line = ""
        if line:
            return line
    return platform.node()


def hardware_id():
    return hashlib.md5(hardware_text().encode()).hexdigest()


def own_hash():
    with open(__file__, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def ask(question, hidden=False):
    if hidden and sys.stdin.isatty():
        return getpass.getpass(question)
    print(question, end="", flush=True)
    return sys.stdin.readline().rstrip("\r\n")


def ask_credentials(kind):
    """User name, password and key; what was left out is empty."""
    either = kind == "both"
    name = password = key = ""
    if kind != "license":
        name = ask("User name (empty for a key alone): " if either else "User name: ")
        password = ask("Password: ", hidden=True) if name else ""
    if kind == "license" or (either and not name):
        key = ask("Licence key: ")
    elif either:
        key = ask("Licence key (only for a new user, else empty): ")
    if not (password if name else key):
        raise Stop(USAGE, "Nothing to sign in with was given")
    return name, password, key


def sign_in(config):
    """Signs in; a new user, who brings a key as well, is registered first."""
    name, password, key = ask_credentials(config["authType"])
    hwid = hardware_id()
    if not name:
        return call(config, "license", licenseKey=key, hwid=hwid)
    user = {"username": name, "password": password, "hwid": hwid}
    if key:
        print(visible(call(config, "register", licenseKey=key, **user)[0]))
    return call(config, "login", **user)


def safe_file_name(name):
    """No folders, devices or hidden files, whatever the server said."""
    safe = re.sub(r'[/\\:*?"<>|]', "_", visible(name)).rstrip(". ").lstrip(". ")
    safe = safe.encode()[:180].decode(errors="ignore")
    if re.match(r"(?i)(con|prn|aux|nul|con(in|out)\$|(com|lpt)[\d\u00b9\u00b2\u00b3]) *(\.|$)", safe):
        safe = "_" + safe
    return safe or "download"


def receive(answer, draft, limit):
    """Writes what comes, and gives its length and SHA-256."""
    digest, length = hashlib.sha256(), 0
    while limit is None or length <= limit:
        try:
            block = answer.read(65536)
        except (OSError, ValueError, http.client.HTTPException):
            break  # The length tells that it broke off.
        if not block:
            break
        digest.update(block)
        length += len(block)
        draft.write(block)
    return length, digest.hexdigest()


def fetch_offered(config, token, folder):
    """Has the file offered, and fetches what is offered."""
    # A link, even of an application whose files are answered with their bytes.
    _, offer = call(config, "file", sessionToken=token, fileId=config["fileId"], raw=False)
    if not str(offer.get("downloadUrl", "")).startswith("/"):
        raise Stop(UNREACHABLE, "The server did not say where the file is")
    target = os.path.join(folder, safe_file_name(offer.get("name", "")))
    draft = f"{target}.{secrets.token_hex(8)}.part"
    size, expected = offer.get("size"), offer.get("sha256")
    try:
        with open_url(config["apiUrl"] + offer["downloadUrl"]) as answer:
            if answer.status != 200:
                understand(answer)
            with open(draft, "xb") as file:
                length, actual = receive(answer, file, size)
        if size is not None and length != size:
            raise Stop(DAMAGED_FILE, f"The file is damaged: {length} bytes came, not {size}")
        if expected and actual != expected:
            sentence = f"The file is damaged: its SHA-256 is {actual}, not {expected}. It was not kept."
            raise Stop(DAMAGED_FILE, sentence)
        os.replace(draft, target)
    except OSError as error:
        raise Stop(MACHINE, f"Cannot write {target}: {error.strerror}")
    finally:
        if os.path.exists(draft):
            os.remove(draft)
    print(visible(f"Saved {target} ({length} bytes)"))
    if expected:
        print(f"SHA-256 is as it should be: {actual}")
    else:
        print(f"The server gave no SHA-256 to compare; it is {actual}")


def download(config, token, folder):
    try:
        return fetch_offered(config, token, folder)
    except Stop as stop:
        if stop.status != DAMAGED_FILE:
            raise
    # It may have been replaced after it was offered: then what came is whole, and offered now.
    fetch_offered(config, token, folder)


def visit(config, folder):
    print(visible(config["title"]))
    _, app = call(config, "init", hash=own_hash())
    print(visible(f"{app.get('name')} {app.get('version')}"))
    message, session = sign_in(config)
    until = session.get("expiresAt")
    print(visible(message))
    print(visible(f"Valid until {until}" if until else "Valid for ever"))
    message, _ = call(config, "check", sessionToken=session["sessionToken"])
    print(visible(message))
    if config.get("fileId"):
        if folder is None:
            folder = ask("Folder to save the file in (empty for this one): ")
        download(config, session["sessionToken"], folder or ".")


def main():
    parser = argparse.ArgumentParser(epilog=EXITS)
    parser.add_argument("--folder", help="where the file is saved; asked for when absent")
    parser.add_argument("--about", action="store_true", help="what this is for, and this machine's id")
    options = parser.parse_args()
    try:
        config = json.loads(CONFIG)
    except ValueError:
        raise Stop(NO_CONFIG, "This is a template without a configuration: have the server build a loader from it")
    if options.about:
        print(visible(config["title"]))
        print(f"Application {config['appId']}\nServer {config['apiUrl']}\nThis machine {hardware_id()}")
    else:
        visit(config, options.folder)


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        print(visible(stop), file=sys.stderr)
        sys.exit(stop.status)
    except KeyboardInterrupt:
        sys.exit(MACHINE)
