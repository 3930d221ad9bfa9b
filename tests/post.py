"""A mail server with a will of its own, as those of schools and states have."""

import socketserver
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.test import override_settings

SMTP = "django.core.mail.backends.smtp.EmailBackend"
# Nobody answers there.
AWAY = override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1)


class PostOffice(socketserver.ThreadingTCPServer):
    """delivered: who got a letter; names: the letters' own. It closes the connection after so many letters, and knows nobody
    of `unknown`. silent: it takes each letter, and closes the connection before it says so."""

    daemon_threads = True

    def __init__(self, letters: int, unknown: Collection[str], silent: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.letters, self.unknown = letters, unknown
        self.silent = silent
        self.delivered: list[str] = []
        self.names: list[str] = []


class _Counter(socketserver.StreamRequestHandler):
    server: PostOffice

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 here")
        taken, to = 0, ""
        for line in self.rfile:
            said = line.decode().strip()
            verb = said[:4].upper()
            if verb == "RCPT":
                to = said.partition("<")[2].partition(">")[0]
                self.say("550 nobody of that name" if to in self.server.unknown else "250 yes")
            elif verb == "DATA":
                self.say("354 go on")
                while (text := self.rfile.readline().strip()) != b".":
                    if text.lower().startswith(b"message-id:"):
                        self.server.names.append(text.split()[1].decode())
                self.server.delivered.append(to)
                if self.server.silent:
                    return
                self.say("250 taken")
                taken += 1
                if taken == self.server.letters:
                    return
            else:
                self.say("221 bye" if verb == "QUIT" else "250 yes")


@contextmanager
def post_office(
    *, letters: int = 0, unknown: Collection[str] = (), silent: bool = False
) -> Iterator[PostOffice]:
    """Mails leave by it. letters: of one connection; 0: as many as one likes."""
    with PostOffice(letters, unknown, silent) as office:
        threading.Thread(target=office.serve_forever, daemon=True).start()
        host, port, *_rest = office.server_address
        with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST=host, EMAIL_PORT=port):
            yield office
        office.shutdown()
