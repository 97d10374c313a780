/** What the process asks of the operating system, so that its memory and its files stay its own, and what it tells systemd. */
package org.partyline.hardening;
