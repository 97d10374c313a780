/** What the process asks of the operating system, so that its memory and its files stay its own. */
package org.partyline.hardening;
