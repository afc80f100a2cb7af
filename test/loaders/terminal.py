"""Runs a program at a terminal of its own, and types a user name and a password when it asks: what was shown is printed.

python3 terminal.py <user name> <password> <program> [arguments]
"""
import os
import pty
import sys

user, password, *words = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(words[0], words)
shown = b""
questions = [(b"User name: ", user), (b"Password: ", password)]
while True:
    try:
        block = os.read(terminal, 4096)
    except OSError:
        break
    if not block:
        break
    shown += block
    if questions and shown.endswith(questions[0][0]):
        os.write(terminal, questions.pop(0)[1].encode() + b"\n")
print(shown.decode())
