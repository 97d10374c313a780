/**
 * What a command is.
 *
 * <p>It is one small class over {@link org.partyline.shell.command.PartylineCommand}, written with Karaf's annotations.
 * {@link org.partyline.shell.command.BoundCommand} reads the command line for it, so that options may stand anywhere, every
 * refusal is one line, and every value completes. {@link org.partyline.shell.command.Engine} finds the services it uses.
 */
package org.partyline.shell.command;
