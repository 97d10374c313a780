#!/bin/sh
# Program hook: tells a phone through ntfy that a message arrived, not from whom or what.
# The file ntfy.url beside it has the address of the topic, for example https://ntfy.sh/a-name-nobody-guesses.
# curl connects directly: for Tor, add a second line to the file: proxy = socks5h://127.0.0.1:9050
case $(cat) in *'"type":"message"'*) ;; *) exit 0 ;; esac
{ echo "url = $(head -n 1 ntfy.url)"; tail -n +2 ntfy.url; } |
  curl -sS --fail --max-time 20 -K - -d 'A message arrived' >/dev/null
