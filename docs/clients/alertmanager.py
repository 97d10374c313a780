#!/usr/bin/env python3
"""Posts what Prometheus' Alertmanager reports into a channel: alertmanager.py CHANNEL PORT"""
import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote
from urllib.request import Request, urlopen

API = os.environ.get("PARTYLINE_API", "http://127.0.0.1:9480") + "/v1"
with open(os.environ.get("PARTYLINE_TOKEN_FILE", "token"), encoding="ascii") as file:
    TOKEN = file.read().strip()


def post(alert):
    summary = alert["annotations"].get("summary", "")
    text = "%s: %s %s" % (alert["status"].upper(), alert["labels"]["alertname"], summary)
    began = alert["startsAt"]
    headers = {
        "Authorization": "Bearer " + TOKEN,
        "Content-Type": "application/json",
        # Alertmanager reports an alert again and again; it is posted once when it fires, and once when it is resolved.
        "Idempotency-Key": "-".join((alert["fingerprint"], alert["status"], began)),
    }
    body = json.dumps({"text": text.strip()}).encode()
    urlopen(Request(API + "/conversations/" + quote(sys.argv[1], safe="") + "/messages", body, headers), timeout=30).close()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        try:
            for alert in json.loads(self.rfile.read(int(self.headers["Content-Length"])))["alerts"]:
                post(alert)
            status = 204
        except OSError as error:
            # Alertmanager tries again.
            print(error, flush=True)
            status = 503
        self.send_response(status)
        self.end_headers()


HTTPServer(("127.0.0.1", int(sys.argv[2])), Receiver).serve_forever()
