/** Protects the process's memory and files with the operating system, and reports to systemd. */
package org.partyline.hardening;
