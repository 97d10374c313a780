#!/bin/sh
# Program hook: sends an e-mail that a message arrived, not from whom or what. The file mail.to beside it has the address.
case $(cat) in *'"type":"message"'*) ;; *) exit 0 ;; esac
to=$(cat mail.to)
printf 'To: %s\nSubject: A message arrived\n\n' "$to" | /usr/sbin/sendmail -i -- "$to"
