#!/usr/bin/env python3
"""Answers each message that is "ping". Loses none and answers none twice, whatever stops in between."""
import json
import os
import time
from urllib.parse import quote
from urllib.request import Request, urlopen

API = os.environ.get("PARTYLINE_API", "http://127.0.0.1:9480") + "/v1"
with open(os.environ.get("PARTYLINE_TOKEN_FILE", "token"), encoding="ascii") as file:
    TOKEN = file.read().strip()


def open_url(path, body=None, headers=None):
    sent = {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json", **(headers or {})}
    data = None if body is None else json.dumps(body).encode()
    # The server sends a comment every 15 seconds: a longer silence is a broken connection.
    return urlopen(Request(API + path, data, sent), timeout=60)


def call(path, body=None, headers=None):
    with open_url(path, body, headers) as answer:
        return json.load(answer)


def events(after):
    with open_url("/events", headers={"Accept": "text/event-stream", "Last-Event-ID": str(after)}) as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


def answer(event):
    message = event["message"]
    if event["type"] == "message" and message and message["text"] == "ping":
        call(
            "/conversations/" + quote(event["conversation"], safe="") + "/messages",
            {"text": "pong", "reply_to": event["message_id"]},
            # The same each time: a repeated call sends nothing.
            {"Idempotency-Key": "pong-%d" % event["cursor"]},
        )


while True:
    try:
        for event in events(call("/consumers/bot")["acknowledged"]):
            answer(event)
            call("/consumers/bot/ack", {"cursor": event["cursor"]})
    except OSError as error:
        # The server is stopped, or its store locked.
        print(error, flush=True)
    time.sleep(5)
